package io.anyserve.metering.api;

import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.auth.ApiKeyInterceptor;
import io.anyserve.runtime.auth.ApiKeys;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The usage service on a port of its own, for a metering process without an ingress. */
public final class UsageServer implements Component {

  private static final int CLOSE_SECONDS = 2;

  private final InetSocketAddress address;
  private final ApiKeys keys;
  private final BindableService service;
  private @Nullable Server server;

  /**
   * @param address port 0 for any free one
   * @param keys that callers must show
   */
  public UsageServer(InetSocketAddress address, ApiKeys keys, BindableService service) {
    this.address = address;
    this.keys = keys;
    this.service = service;
  }

  /** Throws when the port is taken. */
  @Override
  public void start() throws IOException {
    Server built =
        NettyServerBuilder.forAddress(address)
            .directExecutor()
            .intercept(new ApiKeyInterceptor(keys, ApiKeyInterceptor.OPEN_SERVICES))
            .addService(service)
            .build();
    try {
      server = built.start();
    } catch (IOException e) {
      throw new IOException("usage port " + address + " is in use (expected: a free one)", e);
    }
  }

  @Override
  public Health health() {
    return server == null ? new Health.Down("usage server", "not started") : Health.UP;
  }

  /** Where it listens. */
  InetSocketAddress address() {
    return server == null
        ? address
        : new InetSocketAddress(address.getHostString(), server.getPort());
  }

  @Override
  public void close() throws InterruptedException {
    if (server != null && !server.shutdown().awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
      server.shutdownNow().awaitTermination();
    }
  }
}
