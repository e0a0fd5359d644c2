package io.anyserve.router.recovery;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.CapabilityOffer;
import io.anyserve.router.routing.WorkerLiveness;
import io.anyserve.router.streams.InMemoryGlobalStore;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The requests in flight of all partitions that this router has, and the workers as the same
 * application reads them. Thread-safe.
 */
public final class InFlightIndex {

  private final Map<Integer, InFlightRequests> partitions = new ConcurrentHashMap<>();
  private volatile @Nullable InMemoryGlobalStore<WorkerLiveness> workers;

  /**
   * Adds a partition.
   *
   * @param table of the workers, which is a new one after each restart of the application
   */
  public void take(
      int partition, InFlightRequests requests, InMemoryGlobalStore<WorkerLiveness> table) {
    workers = table;
    partitions.put(partition, requests);
  }

  public void release(int partition, InFlightRequests requests) {
    partitions.remove(partition, requests);
  }

  public Optional<TrackedRequest> find(RequestId request) {
    for (InFlightRequests requests : partitions.values()) {
      Optional<TrackedRequest> found = requests.find(request);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  void forEach(BiConsumer<Integer, InFlightRequests> visitor) {
    partitions.forEach(visitor);
  }

  /** Whether no request runs. */
  public boolean idle() {
    return partitions.values().stream().allMatch(requests -> requests.running() == 0);
  }

  /** Requests that workers of that capability have begun and not ended. */
  public long running(Capability capability) {
    return partitions.values().stream()
        .mapToLong(
            requests ->
                requests
                    .running(running -> running.started().capability().equals(capability))
                    .size())
        .sum();
  }

  /** What the known workers offer. */
  public Set<Capability> capabilities() {
    return workers().stream()
        .flatMap(worker -> worker.heartbeat().capabilities().stream())
        .map(CapabilityOffer::name)
        .collect(Collectors.toSet());
  }

  Collection<WorkerLiveness> workers() {
    InMemoryGlobalStore<WorkerLiveness> table = workers;
    return table == null ? List.of() : table.rows();
  }

  Optional<WorkerLiveness> worker(WorkerId worker) {
    InMemoryGlobalStore<WorkerLiveness> table = workers;
    return table == null ? Optional.empty() : table.row(worker.value());
  }
}
