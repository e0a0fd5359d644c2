package io.anyserve.router;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.event.CapabilityRoute;
import io.anyserve.contracts.event.OfferedCapability;
import io.anyserve.contracts.event.WorkerAnnouncement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The directory as the topics {@code workers} and {@code capabilities} have it now. */
record TableDirectory(
    TableStore<WorkerAnnouncement> workers, TableStore<CapabilityRoute> routes, InstantSource clock)
    implements Directory {

  @Override
  public Optional<CapabilityRoute> entry(Capability capability) {
    return routes.row(capability.value());
  }

  @Override
  public boolean live(Capability capability) {
    Instant now = clock.instant();
    return workers.rows().stream()
        .anyMatch(worker -> worker.offers(capability) && worker.live(now));
  }

  @Override
  public boolean announced(Capability capability) {
    return workers.rows().stream().anyMatch(worker -> worker.offers(capability));
  }

  @Override
  public Set<Capability> known() {
    Set<Capability> known = new HashSet<>();
    routes.rows().forEach(route -> known.add(route.capability()));
    for (WorkerAnnouncement worker : workers.rows()) {
      worker.capabilities().stream().map(OfferedCapability::name).forEach(known::add);
    }
    return known;
  }
}
