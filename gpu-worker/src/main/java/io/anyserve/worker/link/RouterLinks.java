package io.anyserve.worker.link;

import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.contracts.event.WorkerState;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.ScheduledCheck;
import io.anyserve.v1.ConnectWorkerRequest;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one call open to every router and sends keep-alives on it: a router publishes the work of
 * this worker again soon after its call has ended. A thread of its own owns the links.
 */
public final class RouterLinks implements Component {

  /** Between two keep-alives while requests run or wait. */
  static final Duration BUSY_INTERVAL = Duration.ofMillis(250);

  static final Duration IDLE_INTERVAL = Duration.ofMillis(500);

  /** From one look at the addresses of a name to the next. */
  static final Duration RESOLVE_INTERVAL = Duration.ofSeconds(30);

  /** So long work waits for the routers to know this worker. */
  private static final Duration CONNECT_WAIT = Duration.ofSeconds(1);

  private static final Duration CONNECT_CHECK = Duration.ofMillis(5);
  private static final Duration CLOSE_WAIT = Duration.ofMillis(500);
  private static final int CONNECT_MILLIS = 2_000;
  private static final Logger log = LoggerFactory.getLogger(RouterLinks.class);

  private final List<RouterAddress> routers;
  private final Supplier<WorkerHeartbeat> heartbeat;
  private final RouterEvents events;
  private final long process = ThreadLocalRandom.current().nextLong();
  private final Map<InetSocketAddress, RouterLink> links = new ConcurrentHashMap<>();
  private final ScheduledExecutorService owner =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("router-links").daemon().factory());

  /**
   * Connects nowhere yet.
   *
   * @param heartbeat what there is to say now
   */
  public RouterLinks(
      List<RouterAddress> routers, Supplier<WorkerHeartbeat> heartbeat, RouterEvents events) {
    this.routers = List.copyOf(routers);
    this.heartbeat = heartbeat;
    this.events = events;
  }

  /** Returns when every router has answered, at the latest after a second. */
  @Override
  public void start() throws InterruptedException {
    if (routers.isEmpty()) {
      return;
    }
    var _ =
        owner.scheduleWithFixedDelay(
            () -> Thread.ofVirtual().start(this::resolve),
            0,
            RESOLVE_INTERVAL.toMillis(),
            TimeUnit.MILLISECONDS);
    owner.execute(this::tick);
    if (ScheduledCheck.await(this::allConnected, CONNECT_CHECK, CONNECT_WAIT).isEmpty()) {
      log.info("Not connected to all routers {} yet; working without", routers);
    }
  }

  private Optional<Boolean> allConnected() {
    return Optional.of(connected()).filter(Boolean::booleanValue);
  }

  /** Whether every router of the settings is connected; false where there are none. Any thread. */
  public boolean connected() {
    return !links.isEmpty() && links.values().stream().allMatch(RouterLink::connected);
  }

  /** The addresses of all names; a name that is not known now keeps those that it had. */
  private void resolve() {
    Set<InetSocketAddress> found = new HashSet<>();
    boolean complete = true;
    for (RouterAddress router : routers) {
      try {
        for (InetAddress address : InetAddress.getAllByName(router.host())) {
          found.add(new InetSocketAddress(address, router.port()));
        }
      } catch (UnknownHostException e) {
        complete = false;
        log.warn("Router {} has no address; looking again in {}", router, RESOLVE_INTERVAL);
      }
    }
    boolean all = complete;
    run(() -> connect(found, all));
  }

  /** A link that is connected stays, whatever the name service says. */
  private void connect(Set<InetSocketAddress> addresses, boolean complete) {
    for (InetSocketAddress address : addresses) {
      links.computeIfAbsent(address, this::link).tick();
    }
    if (complete) {
      links
          .entrySet()
          .removeIf(
              entry ->
                  !addresses.contains(entry.getKey())
                      && !entry.getValue().connected()
                      && left(entry.getValue()));
    }
  }

  private boolean left(RouterLink link) {
    link.leave(request(WorkerState.STOPPED));
    return true;
  }

  private RouterLink link(InetSocketAddress address) {
    return new RouterLink(
        address.getAddress().getHostAddress() + ":" + address.getPort(),
        () -> open(address),
        () -> request(heartbeat.get()),
        events,
        this::run,
        System::nanoTime);
  }

  private static ManagedChannel open(InetSocketAddress address) {
    return NettyChannelBuilder.forAddress(address)
        .usePlaintext()
        .directExecutor()
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
        .build();
  }

  private ConnectWorkerRequest request(WorkerHeartbeat said) {
    return ConnectWorkerRequest.newBuilder()
        .setHeartbeat(WorkerCodec.message(said))
        .setProcessId(process)
        .build();
  }

  private ConnectWorkerRequest request(WorkerState state) {
    return request(heartbeat.get().in(state));
  }

  /** An error must not end the keep-alives. */
  private void tick() {
    Duration next = IDLE_INTERVAL;
    try {
      links.values().forEach(RouterLink::tick);
      next = heartbeat.get().running() > 0 ? BUSY_INTERVAL : IDLE_INTERVAL;
    } catch (RuntimeException | Error e) {
      log.warn("Failed to send a keep-alive to the routers", e);
    }
    var _ = owner.schedule(this::tick, next.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void run(Runnable work) {
    try {
      owner.execute(work);
    } catch (RejectedExecutionException e) {
      log.debug("The links are closed");
    }
  }

  /** Tells the routers that this worker has stopped: what it handed over is not looked for. */
  @Override
  public void close() throws InterruptedException {
    owner.shutdownNow();
    if (owner.awaitTermination(CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
      links.values().forEach(this::left);
    }
    for (RouterLink link : links.values()) {
      if (!link.awaitClosed(CLOSE_WAIT)) {
        log.debug("A router did not hear that this worker has stopped");
      }
    }
  }
}
