package io.anyserve.router.load;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Priority;
import io.anyserve.router.recovery.InFlightIndex;
import io.anyserve.runtime.Component;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says how many requests wait and run, for each capability that a worker has announced. The broker
 * is asked for what waits at intervals, and only while somebody reads the metrics or requests run.
 * Any thread reads; a timer's thread owns the rest.
 */
public final class LoadMetrics implements Component {

  static final Duration INTERVAL = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(LoadMetrics.class);

  private final InFlightIndex inFlight;
  private final ShareGroupBacklog backlog;
  private final MeterRegistry registry;
  private final Set<Capability> known = new HashSet<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("router-load").daemon().factory());
  private volatile boolean read;

  public LoadMetrics(InFlightIndex inFlight, ShareGroupBacklog backlog, MeterRegistry registry) {
    this.inFlight = inFlight;
    this.backlog = backlog;
    this.registry = registry;
  }

  @Override
  public void start() {
    var _ = timer.scheduleWithFixedDelay(this::tick, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** What one look meets must not end the next ones. */
  private void tick() {
    try {
      look();
    } catch (RuntimeException e) {
      log.debug("The backlog is not known now: {}", e.toString());
    }
  }

  void look() {
    for (Capability capability : inFlight.capabilities()) {
      if (known.add(capability)) {
        register(capability);
      }
    }
    if (!known.isEmpty() && (read || !inFlight.idle())) {
      read = false;
      backlog.refresh(known);
    }
  }

  private void register(Capability capability) {
    Gauge.builder("anyserve.router.in.flight", inFlight, index -> index.running(capability))
        .description("Requests that a worker has begun and not ended, in this router's partitions")
        .tag("capability", capability.value())
        .register(registry);
    for (Priority priority : Priority.values()) {
      Gauge.builder("anyserve.router.backlog", this, load -> load.backlog(capability, priority))
          .description("Requests that no worker has accepted yet, in the whole cluster")
          .tag("capability", capability.value())
          .tag("priority", priority.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
  }

  private double backlog(Capability capability, Priority priority) {
    read = true;
    return backlog.of(capability, priority);
  }

  @Override
  public void close() throws InterruptedException {
    timer.shutdownNow();
    if (timer.awaitTermination(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
      backlog.close();
    }
  }
}
