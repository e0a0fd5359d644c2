package io.anyserve.router.recovery;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.WorkerId;
import io.anyserve.router.routing.WorkerLiveness;
import io.anyserve.router.streams.InMemoryGlobalStore;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
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
  boolean idle() {
    return partitions.values().stream().allMatch(requests -> requests.running() == 0);
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
