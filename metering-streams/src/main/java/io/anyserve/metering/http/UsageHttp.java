package io.anyserve.metering.http;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.metering.query.codec.ApiErrors;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import io.javalin.util.JavalinBindException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.server.HttpConfiguration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.exc.JacksonIOException;

/** Usage over HTTP: JSON, CSV and events below {@code /v1/usage}, the page below {@code /usage}. */
public final class UsageHttp implements Component {

  public static final int DEFAULT_PORT = 7432;

  private static final Logger log = LoggerFactory.getLogger(UsageHttp.class);
  private static final int MOST_BODY = 4 << 10;
  private static final int MOST_HEADERS = 8 << 10;
  private static final Map<String, String> HEADERS =
      Map.of(
          "X-Content-Type-Options",
          "nosniff",
          "X-Frame-Options",
          "DENY",
          "Referrer-Policy",
          "no-referrer",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Permissions-Policy",
          "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
          "Cache-Control",
          "no-store");

  private final InetSocketAddress address;
  private final UsageHttpHandler routes;
  private final LiveUsageEvents live;
  private final StaticFiles page = new StaticFiles();
  private @Nullable Javalin server;

  public UsageHttp(InetSocketAddress address, UsageHttpHandler routes, LiveUsageEvents live) {
    this.address = address;
    this.routes = routes;
    this.live = live;
  }

  /** Throws when the port is taken. */
  @Override
  public void start() throws IOException {
    try {
      server = Javalin.create(this::configure).start(address.getHostString(), address.getPort());
    } catch (JavalinBindException e) {
      throw new IOException("usage HTTP port " + address + " is in use (expected: a free one)", e);
    }
  }

  private void configure(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.concurrency.useVirtualThreads = true;
    config.http.maxRequestSize = MOST_BODY;
    config.http.prefer405over404 = true;
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.jetty.modifyHttpConfiguration(UsageHttp::limit);
    Map<String, String> headers = headers();
    config.jetty.modifyServer(jetty -> jetty.setErrorHandler(new UsageServerErrors(headers)));
    config.routes.before(http -> headers.forEach(http::header));
    routes.addTo(config.routes);
    config.routes.get("/v1/usage/live", live::serve);
    config.routes.get("/usage", http -> file(http, ""));
    config.routes.get("/usage/<path>", http -> file(http, http.pathParam("path")));
    config.routes.exception(HttpResponseException.class, UsageHttp::refuse);
    config.routes.exception(Exception.class, UsageHttp::refuse);
  }

  private static Map<String, String> headers() {
    Map<String, String> headers = new HashMap<>(HEADERS);
    headers.put("Content-Security-Policy", StaticFiles.policy());
    return headers;
  }

  private static void limit(HttpConfiguration configuration) {
    configuration.setRequestHeaderSize(MOST_HEADERS);
    configuration.setSendServerVersion(false);
  }

  /** The browser asks each time whether its copy is still good. */
  private void file(Context http, String path) {
    Optional<StaticFiles.File> found = page.file(path);
    if (found.isEmpty()) {
      refuse(http, HttpStatus.NOT_FOUND.getCode(), "NOT_FOUND", "nothing is here");
      return;
    }
    StaticFiles.File file = found.get();
    http.header("Cache-Control", "no-cache");
    http.header("ETag", file.tag());
    if (file.tag().equals(http.header("If-None-Match"))) {
      http.status(HttpStatus.NOT_MODIFIED);
    } else {
      http.contentType(file.type()).result(file.content());
    }
  }

  /** What the server itself refuses: unknown paths, other methods, bodies that are too large. */
  private static void refuse(HttpResponseException e, Context http) {
    HttpStatus status = HttpStatus.forStatus(e.getStatus());
    refuse(http, e.getStatus(), status.name(), String.valueOf(e.getMessage()));
  }

  private static void refuse(Exception e, Context http) {
    if (http.res().isCommitted()) {
      abort(http, e);
      return;
    }
    if (gone(e)) {
      return;
    }
    Failure failure = ApiErrors.of(e);
    if (failure.code() == FailureCode.UNAUTHENTICATED) {
      http.header("WWW-Authenticate", "Bearer");
    }
    if (failure.code().retryable()) {
      http.header("Retry-After", "1");
    }
    refuse(http, failure.code().http(), failure.code().name(), failure.message());
  }

  private static boolean gone(Exception e) {
    return e instanceof IOException
        || e instanceof UncheckedIOException
        || e instanceof JacksonIOException
        || e instanceof InterruptedException;
  }

  private static void refuse(Context http, int status, String code, String message) {
    http.res().resetBuffer();
    http.res().setHeader("Content-Disposition", null);
    http.status(status);
    http.contentType("application/json");
    http.result(UsageJson.error(code, message));
  }

  /** An answer that breaks off must not look whole: the connection ends without the last chunk. */
  private static void abort(Context http, Exception e) {
    if (!gone(e)) {
      log.warn("A usage response was aborted: {}", e.toString());
    }
    ServletContextRequest.getServletContextRequest(http.req())
        .getConnectionMetaData()
        .getConnection()
        .getEndPoint()
        .close();
  }

  @Override
  public Health health() {
    return server == null ? new Health.Down("usage http", "not started") : Health.UP;
  }

  /** Where it listens; the real port once started. */
  public InetSocketAddress address() {
    return server == null ? address : new InetSocketAddress(address.getHostString(), server.port());
  }

  /** Live streams end first, as the server waits for its calls. */
  @Override
  public void close() {
    live.close();
    if (server != null) {
      server.stop();
    }
  }
}
