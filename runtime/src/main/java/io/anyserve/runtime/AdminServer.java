package io.anyserve.runtime;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code /metrics} for Prometheus, {@code /health} (the process answers), {@code /readiness} (200,
 * or 503 and a line for each reason why not).
 */
public final class AdminServer implements Component {

  private static final int OK = 200;
  private static final int STOP_SECONDS = 0;

  private final InetSocketAddress address;
  private final ProcessStatus process;
  private @Nullable HttpServer server;
  private @Nullable ExecutorService threads;

  /**
   * @param address port 0 for any free one
   * @param notReadyReasons what keeps the process from being ready
   */
  public AdminServer(
      InetSocketAddress address,
      PrometheusMeterRegistry registry,
      Supplier<List<Health.Down>> notReadyReasons) {
    this(address, new ProcessStatus(registry, notReadyReasons));
  }

  /**
   * @param address port 0 for any free one
   */
  public AdminServer(InetSocketAddress address, ProcessStatus process) {
    this.address = address;
    this.process = process;
  }

  @Override
  public void start() throws IOException {
    Gauge.builder(
            "anyserve.ready", process.notReadyReasons(), found -> found.get().isEmpty() ? 1 : 0)
        .description("1 while the process is ready, else 0")
        .strongReference(true)
        .register(process.registry());
    HttpServer http = bind();
    http.createContext(
        "/metrics", exchange -> reply(exchange, OK, ProcessStatus.PROMETHEUS, process.metrics()));
    http.createContext(
        "/health", exchange -> reply(exchange, OK, ProcessStatus.PLAIN, ProcessStatus.UP));
    http.createContext("/readiness", this::readiness);
    threads = Executors.newVirtualThreadPerTaskExecutor();
    http.setExecutor(threads);
    http.start();
    server = http;
  }

  private HttpServer bind() throws IOException {
    try {
      return HttpServer.create(address, 0);
    } catch (BindException e) {
      throw new IOException("http port " + address + " is in use (expected: a free one)", e);
    }
  }

  private void readiness(HttpExchange exchange) throws IOException {
    ProcessStatus.Answer readiness = process.readiness();
    reply(exchange, readiness.status(), ProcessStatus.PLAIN, readiness.text());
  }

  private static void reply(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    try (exchange) {
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server == null ? address : server.getAddress();
  }

  /** Interrupts answers that are under way. */
  @Override
  public void close() {
    if (server != null) {
      server.stop(STOP_SECONDS);
    }
    if (threads != null) {
      threads.shutdownNow();
      threads.close();
    }
  }
}
