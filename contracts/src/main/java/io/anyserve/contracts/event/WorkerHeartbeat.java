package io.anyserve.contracts.event;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.WorkerId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A worker's sign of life, written at intervals.
 *
 * @param running sequences in its engines
 * @param expiresAfter silence of this length means death
 */
public record WorkerHeartbeat(
    WorkerId worker,
    List<CapabilityOffer> capabilities,
    WorkerState state,
    int running,
    Instant announcedAt,
    Duration expiresAfter) {

  public WorkerHeartbeat {
    capabilities = List.copyOf(capabilities);
  }

  /** The same in another state. */
  public WorkerHeartbeat in(WorkerState other) {
    return new WorkerHeartbeat(worker, capabilities, other, running, announcedAt, expiresAfter);
  }

  /** Takes work at that time. */
  public boolean live(Instant now) {
    return state == WorkerState.READY && now.isBefore(announcedAt.plus(expiresAfter));
  }

  public boolean offers(Capability capability) {
    return capabilities.stream().anyMatch(offered -> offered.name().equals(capability));
  }
}
