package io.anyserve.router.routing;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.event.CapabilityOffer;
import io.anyserve.contracts.event.CapabilityRoute;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.router.streams.InMemoryGlobalStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The directory as the topics {@code workers} and {@code capabilities} have it now. When all
 * workers fell silent at once, it is taken for an outage of the log: for a while work waits for
 * them.
 */
public record StoreBackedDirectory(
    InMemoryGlobalStore<WorkerHeartbeat> workers,
    InMemoryGlobalStore<CapabilityRoute> routes,
    InstantSource clock)
    implements CapabilityDirectory {

  public static final Duration OUTAGE = Duration.ofSeconds(30);

  @Override
  public Optional<CapabilityRoute> entry(Capability capability) {
    return routes.row(capability.value());
  }

  @Override
  public boolean live(Capability capability) {
    Instant now = clock.instant();
    return takes(capability, now) || (outage(now) && takes(capability, lastNews()));
  }

  private boolean takes(Capability capability, Instant at) {
    return workers.rows().stream().anyMatch(worker -> worker.offers(capability) && worker.live(at));
  }

  private boolean outage(Instant now) {
    return workers.rows().stream().noneMatch(worker -> worker.live(now))
        && now.isBefore(lastNews().plus(OUTAGE));
  }

  private Instant lastNews() {
    return workers.rows().stream()
        .map(WorkerHeartbeat::announcedAt)
        .max(Comparator.naturalOrder())
        .orElse(Instant.EPOCH);
  }

  @Override
  public boolean announced(Capability capability) {
    return workers.rows().stream().anyMatch(worker -> worker.offers(capability));
  }

  @Override
  public Set<Capability> known() {
    Set<Capability> known = new HashSet<>();
    routes.rows().forEach(route -> known.add(route.capability()));
    for (WorkerHeartbeat worker : workers.rows()) {
      worker.capabilities().stream().map(CapabilityOffer::name).forEach(known::add);
    }
    return known;
  }
}
