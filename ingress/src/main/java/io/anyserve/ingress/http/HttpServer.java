package io.anyserve.ingress.http;

import io.anyserve.contracts.FailureException;
import io.anyserve.ingress.access.CallAccess;
import io.anyserve.ingress.access.WebAccess;
import io.anyserve.ingress.connection.FirstRequestDeadline;
import io.anyserve.ingress.connection.GradualRelease;
import io.anyserve.ingress.connection.LingeringClose;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.tls.ServerTls;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinBindException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.SessionHandler;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.session.NullSessionCache;
import org.eclipse.jetty.session.NullSessionDataStore;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP endpoint: every route in {@link RouteScopes}, one virtual thread a call. */
public final class HttpServer implements Component {

  /** Bytes of a body around its input. */
  public static final int BODY_OVERHEAD = 1 << 20;

  private static final Logger log = LoggerFactory.getLogger(HttpServer.class);

  private static final int BAD_REQUEST = 400;
  private static final int MOST_HEADERS = 16 << 10;
  private static final int MOST_CONNECTIONS = 20_000;

  /** All clients of an ingress that died connect at once; the usual 50 would make most wait 1 s. */
  private static final int MOST_UNACCEPTED = 1024;

  /** Which names are this server's is checked with TLS and without, see {@link CrossOrigin}. */
  private static final boolean SNI_HOST_CHECK = false;

  /** For the last words to calls that took too long. */
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  private final Endpoint endpoint;
  private final CallerCheck callers;
  private final CrossOrigin pages;
  private final HttpRoutes routes;
  private final Runnable stopIntake;
  private final GradualRelease release;
  private final LingeringClose refused;
  private final GracefulHandler calls = new GracefulHandler();
  private @Nullable Javalin server;

  /**
   * Where the server listens.
   *
   * @param address port 0 for any free one
   * @param drain how long calls may go on after the end was announced
   * @param tls empty where it speaks without
   */
  public record Endpoint(
      InetSocketAddress address, Duration drain, Timeouts timeouts, Optional<ServerTls> tls) {}

  /**
   * When connections are closed.
   *
   * @param idle with nothing moving, but for a call that waits for its answer
   * @param firstRequest since it was opened, without the whole head of a request
   * @param refused while a client sends the body of a call that is refused
   */
  public record Timeouts(Duration idle, Duration firstRequest, LingeringClose.Limits refused) {

    public static final Timeouts DEFAULT =
        new Timeouts(Duration.ofSeconds(60), Duration.ofSeconds(30), LingeringClose.Limits.DEFAULT);
  }

  /**
   * Not listening yet.
   *
   * @param stopIntake called first of all when the server stops
   * @param release runs when the time to drain is over
   */
  public HttpServer(
      Endpoint endpoint,
      CallAccess calls,
      WebAccess web,
      HttpRoutes routes,
      Runnable stopIntake,
      GradualRelease release) {
    this.endpoint = endpoint;
    this.callers = new CallerCheck(calls);
    this.pages = new CrossOrigin(web);
    this.routes = routes;
    this.stopIntake = stopIntake;
    this.release = release;
    this.refused = new LingeringClose(endpoint.timeouts().refused());
  }

  /** Throws when the port is taken. */
  @Override
  public void start() throws IOException {
    Optional<SslContextFactory.Server> tls =
        endpoint.tls().isPresent() ? Optional.of(tls(endpoint.tls().get())) : Optional.empty();
    try {
      server = Javalin.create(config -> configure(config, tls)).start();
    } catch (JavalinBindException e) {
      throw new IOException(
          "HTTP cannot listen on " + endpoint.address() + " (expected: a free port)", e);
    }
  }

  private static SslContextFactory.Server tls(ServerTls identity) throws IOException {
    var factory = new SslContextFactory.Server();
    factory.setSslContext(identity.context());
    factory.setNeedClientAuth(identity.clients().isPresent());
    return factory;
  }

  private void configure(JavalinConfig config, Optional<SslContextFactory.Server> tls) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.concurrency.useVirtualThreads = true;
    config.http.prefer405over404 = true;
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.jetty.modifyHttpConfiguration(HttpServer::limit);
    config.jetty.modifyServer(this::limit);
    config.jetty.modifyServletContextHandler(HttpServer::keepNoSessions);
    config.jetty.addConnector((jetty, http) -> connector(jetty, http, tls));
    config.events.handlerAdded(
        added ->
            RouteScopes.require(added.getHttpMethod(), added.getPath())
                .ifPresent(routes.description()::add));
    config.events.wsHandlerAdded(
        added -> routes.description().add(RouteScopes.requireWebSocket(added.getPath())));
    config.routes.before(this::before);
    config.routes.beforeMatched(callers::check);
    config.routes.wsBeforeUpgrade(pages::checkUpgrade);
    routes.addTo(config);
    config.routes.exception(HttpResponseException.class, this::unmatched);
    config.routes.exception(Exception.class, this::failed);
  }

  private static void limit(HttpConfiguration configuration) {
    configuration.setRequestHeaderSize(MOST_HEADERS);
    configuration.setSendServerVersion(false);
    configuration.addCustomizer(HttpServer::requirePath);
  }

  /** {@code OPTIONS} alone may come without a path, and would be led to another server. */
  private static Request requirePath(Request request, HttpFields.Mutable headers) {
    String path = request.getHttpURI().getPath();
    if (path == null || path.isEmpty()) {
      throw new HttpException.RuntimeException(
          BAD_REQUEST, "URI without a path (expected: one that begins with /)");
    }
    return request;
  }

  private void limit(Server jetty) {
    jetty.insertHandler(calls);
    jetty.setErrorHandler(new ServerErrors(callers::refused));
    jetty.addBean(new NetworkConnectionLimit(MOST_CONNECTIONS, jetty));
  }

  /** Javalin begins a session for whatever asks for a WebSocket, before its key is checked. */
  private static void keepNoSessions(ServletContextHandler context) {
    SessionHandler sessions = context.getSessionHandler();
    var cache = new NullSessionCache(sessions);
    cache.setSessionDataStore(new NullSessionDataStore());
    sessions.setSessionCache(cache);
    sessions.setUsingCookies(false);
  }

  private Connector connector(
      Server jetty, HttpConfiguration configuration, Optional<SslContextFactory.Server> tls) {
    tls.ifPresent(_ -> configuration.addCustomizer(new SecureRequestCustomizer(SNI_HOST_CHECK)));
    var http = new HttpConnectionFactory(configuration);
    ServerConnector connector =
        tls.map(factory -> new SslConnectionFactory(factory, http.getProtocol()))
            .map(secured -> new ServerConnector(jetty, secured, http))
            .orElseGet(() -> new ServerConnector(jetty, http));
    connector.setHost(endpoint.address().getHostString());
    connector.setPort(endpoint.address().getPort());
    connector.setAcceptQueueSize(MOST_UNACCEPTED);
    connector.setIdleTimeout(endpoint.timeouts().idle().toMillis());
    connector.addBean(
        new FirstRequestDeadline(connector.getScheduler(), endpoint.timeouts().firstRequest()));
    return connector;
  }

  private void before(Context http) {
    SecurityHeaders.ALL.forEach(http::header);
    http.header(CallHeaders.REQUEST_ID, UUID.randomUUID().toString());
    SingleHeaders.check(http);
    pages.check(http);
  }

  /** No path is told to be missing without a key. */
  private void unmatched(HttpResponseException thrown, Context http) {
    try {
      callers.checkKey(http);
      failed(thrown, http);
    } catch (FailureException e) {
      failed(e, http);
    }
  }

  private void failed(Exception thrown, Context http) {
    ErrorResponses.write(thrown, http)
        .ifPresent(
            error -> {
              callers.refused(http, error);
              refused.end(http);
            });
  }

  /** Where it listens; the real port once started. */
  public InetSocketAddress address() {
    return server == null
        ? endpoint.address()
        : new InetSocketAddress(endpoint.address().getHostString(), server.port());
  }

  @Override
  public void close() throws InterruptedException {
    if (server != null) {
      Javalin stopping = server;
      server = null;
      stopIntake.run();
      CompletableFuture<Void> answered = calls.shutdown();
      if (!isDone(answered, endpoint.drain())) {
        release.run(length -> isDone(answered, length));
        isDone(answered, FAREWELL);
      }
      stopping.stop();
    }
  }

  private static boolean isDone(CompletableFuture<Void> answered, Duration patience)
      throws InterruptedException {
    try {
      answered.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      log.warn("Open calls are cut off: {}", String.valueOf(e.getCause()));
      return true;
    }
  }
}
