package io.anyserve.ingress.grpc;

import io.anyserve.ingress.access.AuditInterceptor;
import io.anyserve.ingress.access.CallAccess;
import io.anyserve.ingress.access.CallLimitInterceptor;
import io.anyserve.ingress.connection.GradualRelease;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.auth.ApiKeyInterceptor;
import io.anyserve.runtime.tls.ServerTls;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The gRPC endpoint: keys checked, requests taken literally, health and reflection open. Handlers
 * run on the transport's threads and never block.
 */
public final class GrpcServer implements Component {

  /** A caller whose machine is gone is noticed within a minute. */
  private static final long PING_SECONDS = 40;

  /** What callers may do for the same reason. */
  private static final long KEEP_ALIVE_SECONDS = 20;

  private final Endpoint endpoint;
  private final CallAccess access;
  private final List<ServerServiceDefinition> services;
  private final Runnable stopIntake;
  private final GradualRelease release;
  private final HealthStatusManager health = new HealthStatusManager();
  private @Nullable Server server;

  /**
   * Where the server listens and what it takes.
   *
   * @param address port 0 for any free one
   * @param maxMessageBytes of one request message; larger ones end their call with a clear error
   * @param drain how long calls may go on after the end was announced
   * @param tls empty where it speaks without
   */
  public record Endpoint(
      InetSocketAddress address, int maxMessageBytes, Duration drain, Optional<ServerTls> tls) {}

  /**
   * Not listening yet.
   *
   * @param access what calls pass, but those for health and reflection
   * @param services behind it
   * @param stopIntake called first of all when the server stops
   * @param release runs when the time to drain is over
   */
  public GrpcServer(
      Endpoint endpoint,
      CallAccess access,
      List<ServerServiceDefinition> services,
      Runnable stopIntake,
      GradualRelease release) {
    this.endpoint = endpoint;
    this.access = access;
    this.services = List.copyOf(services);
    this.stopIntake = stopIntake;
    this.release = release;
  }

  @Override
  public void start() throws IOException {
    var builder =
        NettyServerBuilder.forAddress(endpoint.address())
            .directExecutor()
            .maxInboundMessageSize(endpoint.maxMessageBytes())
            .maxInboundMetadataSize(MetadataLimit.ANSWERED)
            .keepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .intercept(new CallLimitInterceptor(access.limits()))
            .intercept(new ApiKeyInterceptor(access.keys(), ApiKeyInterceptor.OPEN_SERVICES))
            .intercept(new MetadataLimit())
            .intercept(new AuditInterceptor(access))
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance());
    services.forEach(service -> builder.addService(StrictParsing.of(service)));
    if (endpoint.tls().isPresent()) {
      builder.sslContext(context(endpoint.tls().get()));
    }
    server = listen(builder.build());
    serving(ServingStatus.SERVING);
  }

  private static SslContext context(ServerTls tls) throws IOException {
    SslContextBuilder builder =
        GrpcSslContexts.configure(SslContextBuilder.forServer(tls.keys()))
            .sessionTimeout(ServerTls.SESSION.toSeconds());
    tls.clients()
        .ifPresent(clients -> builder.trustManager(clients).clientAuth(ClientAuth.REQUIRE));
    return builder.build();
  }

  private Server listen(Server built) throws IOException {
    try {
      return built.start();
    } catch (IOException e) {
      throw new IOException(
          "gRPC cannot listen on %s: %s (expected: a free port of this machine)"
              .formatted(endpoint.address(), reason(e)),
          e);
    }
  }

  private static String reason(IOException e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof BindException) {
        return String.valueOf(t.getMessage());
      }
    }
    return String.valueOf(e.getCause() == null ? e : e.getCause());
  }

  /** The server's health and that of each service. */
  private void serving(ServingStatus status) {
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
    services.forEach(service -> health.setStatus(service.getServiceDescriptor().getName(), status));
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server == null
        ? endpoint.address()
        : new InetSocketAddress(endpoint.address().getAddress(), server.getPort());
  }

  @Override
  public void close() throws InterruptedException {
    if (server != null) {
      Server stopping = server;
      server = null;
      stop(stopping);
    }
  }

  private void stop(Server stopping) throws InterruptedException {
    health.enterTerminalState();
    stopIntake.run();
    stopping.shutdown();
    if (!stopping.awaitTermination(endpoint.drain().toMillis(), TimeUnit.MILLISECONDS)) {
      release.run(length -> stopping.awaitTermination(length.toMillis(), TimeUnit.MILLISECONDS));
      stopping.awaitTermination(1, TimeUnit.SECONDS);
      stopping.shutdownNow();
    }
  }
}
