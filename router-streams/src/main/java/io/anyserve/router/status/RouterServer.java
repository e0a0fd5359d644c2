package io.anyserve.router.status;

import io.anyserve.router.connection.WorkerConnections;
import io.anyserve.runtime.Component;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The router's gRPC service on a port of its own. It is for ingresses, workers and other routers.
 */
public final class RouterServer implements Component {

  private static final int CLOSE_SECONDS = 2;

  private final InetSocketAddress address;
  private final RouterGrpcService service;
  private final PeerRouters others;
  private final List<ServerServiceDefinition> more;

  /** An answer may wait for the broker or another router. */
  private final ExecutorService executor =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("router-status-", 0).factory());

  private volatile @Nullable Server server;

  /**
   * @param clock the router's
   * @param others closed with the server
   * @param more services on the same port
   */
  public RouterServer(
      InetSocketAddress address,
      RequestStatusLookup status,
      WorkerConnections workers,
      InstantSource clock,
      PeerRouters others,
      List<ServerServiceDefinition> more) {
    this.address = address;
    this.others = others;
    this.more = List.copyOf(more);
    this.service =
        new RouterGrpcService(
            new StatusService(status, others, this::address), new WorkerCalls(workers, clock));
  }

  /** Throws when the port is taken. */
  @Override
  public void start() throws IOException {
    Server built =
        NettyServerBuilder.forAddress(address)
            .executor(executor)
            .addService(service)
            .addServices(more)
            .build();
    try {
      server = built.start();
    } catch (IOException e) {
      throw new IOException("router port " + address + " is in use (expected: a free one)", e);
    }
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    Server listening = server;
    return listening == null
        ? address
        : new InetSocketAddress(address.getHostString(), listening.getPort());
  }

  @Override
  public void close() throws InterruptedException {
    Server listening = server;
    if (listening != null) {
      listening.shutdown();
      service.endCalls();
      if (!listening.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        listening.shutdownNow().awaitTermination();
      }
    }
    others.close();
    executor.close();
  }
}
