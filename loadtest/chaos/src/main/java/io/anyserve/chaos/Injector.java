package io.anyserve.chaos;

import io.anyserve.chaos.FaultSchedule.Planned;
import io.anyserve.chaos.check.PlantedRecord;
import io.anyserve.chaos.client.ChaosClient;
import io.anyserve.chaos.client.ClientPool;
import io.anyserve.chaos.cluster.ChaosCluster;
import io.anyserve.chaos.cluster.ClusterComponents;
import io.anyserve.chaos.cluster.MalformedRecords;
import io.anyserve.chaos.cluster.NetworkFault;
import io.anyserve.chaos.cluster.ServiceProcess;
import io.anyserve.chaos.cluster.TcpProxy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/** Does one fault after another to a site and waits until service goes on. One thread runs it. */
final class Injector {

  private static final Duration LEAST_DRAINING = Duration.ofSeconds(10);
  private static final int DRAINING_TIMES = 4;
  private static final Duration DELAY = Duration.ofMillis(50);
  private static final int SLOW_BYTES = 256 << 10;
  private static final Duration CLOCK_STEP = Duration.ofSeconds(45);

  private final ChaosCluster site;
  private final ClusterComponents parts;
  private final ClientPool traffic;
  private final MalformedRecords garbage;
  private final LongSupplier nanos;
  private final List<PlantedRecord> planted = new ArrayList<>();

  Injector(ChaosCluster site, ClientPool traffic, MalformedRecords garbage, LongSupplier nanos) {
    this.site = site;
    this.parts = site.parts();
    this.traffic = traffic;
    this.garbage = garbage;
    this.nanos = nanos;
  }

  /** What was written on purpose, with what must become of it. */
  List<PlantedRecord> planted() {
    return List.copyOf(planted);
  }

  /**
   * Waits until a request that began after the fault has finished and until its backlog is gone,
   * but for that only a few times as long as the outage. Where everything stands still it goes on:
   * what was lost the checker finds. Throws when a process does not come back.
   */
  Injection inject(Planned planned) throws IOException {
    Collection<ChaosClient> open = traffic.open();
    Target target = target(planned);
    List<ChaosClient> affected = open.stream().filter(target.affects()).toList();
    int before = traffic.beginFault();
    long at = nanos.getAsLong();
    perform(planned, target);
    long lifted = nanos.getAsLong();
    traffic.awaitFinishedSince(lifted);
    long steady = nanos.getAsLong();
    Backlog backlog = drain(before, Duration.ofNanos(steady - at));
    site.awaitInSync();
    return new Injection(
        planned.kind(), target.name(), at, lifted, steady, open.size(), affected, backlog);
  }

  private Backlog drain(int before, Duration outage) {
    boolean drained =
        traffic.awaitDrained(before, LEAST_DRAINING.plus(outage.multipliedBy(DRAINING_TIMES)));
    long over = nanos.getAsLong();
    return new Backlog(before, traffic.endFault(), over, drained);
  }

  /** Whom a fault hits, and which callers have to do with that. */
  private record Target(int index, String name, Predicate<ChaosClient> affects) {}

  private Target target(Planned planned) {
    return switch (planned.kind()) {
      case WORKER_KILL,
          WORKER_STOP,
          WORKER_RESTART,
          WORKER_ROUTER_CUT,
          ROUTER_WORKER_KILL,
          BROKER_WORKER_KILL -> {
        int index = planned.choice() % parts.workers().size();
        String name = parts.workers().get(index).name();
        yield new Target(index, name, run -> run.worker().equals(name));
      }
      case INGRESS_KILL,
          INGRESS_STOP,
          INGRESS_RESTART,
          INGRESS_CUT,
          INGRESS_DELAY,
          INGRESS_HALF_CLOSE -> {
        int count = parts.ingresses().size();
        int index = planned.choice() % count;
        yield new Target(
            index,
            parts.ingresses().get(index).name(),
            run -> Math.floorMod(run.door(), count) == index);
      }
      case ROUTER_KILL, ROUTER_STOP, ROUTER_RESTART -> any(planned, parts.routers());
      case METERING_KILL, METERING_STOP, METERING_RESTART -> any(planned, parts.metering());
      case BROKER_KILL,
          BROKER_STOP,
          BROKER_RESTART,
          BROKER_PARTITION,
          BROKER_CUT,
          BROKER_DELAY,
          BROKER_HALF_CLOSE,
          DISK_FULL ->
          any(planned, parts.brokers());
      case STORE_DOWN, STORE_SLOW, STORE_CORRUPT -> any(planned, List.of(parts.store()));
      case CLOCK -> new Target(0, "a worker or an ingress", _ -> true);
      case MALFORMED -> new Target(0, "every topic", _ -> true);
    };
  }

  private static Target any(Planned planned, List<ServiceProcess> children) {
    int index = planned.choice() % children.size();
    return new Target(index, children.get(index).name(), _ -> true);
  }

  private void perform(Planned planned, Target target) throws IOException {
    Duration duration = planned.duration();
    switch (planned.kind()) {
      case WORKER_KILL -> kill(parts.workers().get(target.index()));
      case INGRESS_KILL -> kill(parts.ingresses().get(target.index()));
      case ROUTER_KILL -> kill(parts.routers().get(target.index()));
      case METERING_KILL -> kill(parts.metering().get(target.index()));
      case BROKER_KILL -> kill(parts.brokers().get(target.index()));
      case WORKER_STOP -> freeze(parts.workers().get(target.index()), duration);
      case INGRESS_STOP -> freeze(parts.ingresses().get(target.index()), duration);
      case ROUTER_STOP -> freeze(parts.routers().get(target.index()), duration);
      case METERING_STOP -> freeze(parts.metering().get(target.index()), duration);
      case BROKER_STOP -> freeze(parts.brokers().get(target.index()), duration);
      case WORKER_RESTART -> restart(parts.workers().get(target.index()));
      case INGRESS_RESTART -> restart(parts.ingresses().get(target.index()));
      case ROUTER_RESTART -> restart(parts.routers().get(target.index()));
      case METERING_RESTART -> restart(parts.metering().get(target.index()));
      case BROKER_RESTART -> restart(parts.brokers().get(target.index()));
      case BROKER_PARTITION -> cutOff(target.index(), duration);
      case STORE_DOWN -> weather(parts.storeProxy(), new NetworkFault.Cut(), duration);
      case STORE_SLOW -> weather(parts.storeProxy(), new NetworkFault.Slow(SLOW_BYTES), duration);
      case STORE_CORRUPT -> weather(parts.storeProxy(), new NetworkFault.Corrupt(), duration);
      case BROKER_CUT -> weather(brokerProxy(), new NetworkFault.Cut(), duration);
      case BROKER_DELAY -> weather(brokerProxy(), new NetworkFault.Delayed(DELAY), duration);
      case BROKER_HALF_CLOSE -> weather(brokerProxy(), new NetworkFault.HalfClosed(), duration);
      case INGRESS_CUT -> weather(door(target), new NetworkFault.Cut(), duration);
      case INGRESS_DELAY -> weather(door(target), new NetworkFault.Delayed(DELAY), duration);
      case INGRESS_HALF_CLOSE -> weather(door(target), new NetworkFault.HalfClosed(), duration);
      case WORKER_ROUTER_CUT ->
          weather(parts.workerProxies().get(target.index()), new NetworkFault.Cut(), duration);
      case ROUTER_WORKER_KILL -> killTogether(router(planned), parts.workers().get(target.index()));
      case BROKER_WORKER_KILL -> killTogether(broker(planned), parts.workers().get(target.index()));
      case DISK_FULL -> fillDisk(duration);
      case CLOCK -> stepClock(planned, duration);
      case MALFORMED -> planted.addAll(garbage.plant(planned.choice()));
    }
  }

  private List<TcpProxy> door(Target target) {
    return parts.ingressProxies().get(target.index());
  }

  private TcpProxy brokerProxy() {
    return site.brokerProxy().orElseThrow();
  }

  private ServiceProcess broker(Planned planned) {
    return parts.brokers().get(planned.choice() % parts.brokers().size());
  }

  private ServiceProcess router(Planned planned) {
    return parts.routers().get(planned.choice() % parts.routers().size());
  }

  private void killTogether(ServiceProcess first, ServiceProcess second) throws IOException {
    first.kill();
    second.kill();
    site.restore(first);
    site.restore(second);
  }

  private void kill(ServiceProcess child) throws IOException {
    child.kill();
    site.restore(child);
  }

  private void restart(ServiceProcess child) throws IOException {
    child.terminate();
    site.restore(child);
  }

  private void freeze(ServiceProcess child, Duration duration) throws IOException {
    child.freeze();
    try {
      pause(duration);
    } finally {
      child.thaw();
    }
  }

  private void cutOff(int broker, Duration duration) throws IOException {
    site.cutOff(broker);
    try {
      pause(duration);
    } finally {
      site.reconnect(broker);
    }
  }

  private void weather(TcpProxy proxy, NetworkFault weather, Duration duration) {
    weather(List.of(proxy), weather, duration);
  }

  private void weather(List<TcpProxy> proxies, NetworkFault weather, Duration duration) {
    proxies.forEach(proxy -> proxy.weather(weather));
    try {
      pause(duration);
    } finally {
      proxies.forEach(proxy -> proxy.weather(new NetworkFault.Clear()));
    }
  }

  /** A broker that cannot write gives up; with room again it is started. */
  private void fillDisk(Duration duration) throws IOException {
    site.fillDisk();
    try {
      pause(duration);
    } finally {
      site.freeDisk();
    }
    kill(parts.brokers().getFirst());
  }

  private void stepClock(Planned planned, Duration duration) throws IOException {
    boolean forward = planned.choice() % 2 == 0;
    List<ServiceProcess> group = planned.choice() % 4 < 2 ? parts.workers() : parts.ingresses();
    ServiceProcess stepped = group.getLast();
    site.restart(stepped, forward ? CLOCK_STEP : CLOCK_STEP.negated());
    pause(duration);
    restart(stepped);
  }

  void pause(Duration time) {
    long until = nanos.getAsLong() + time.toNanos();
    long left;
    while ((left = until - nanos.getAsLong()) > 0 && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(left);
    }
  }
}
