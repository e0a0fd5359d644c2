package io.anyserve.router.recovery;

import io.anyserve.contracts.RequestId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The requests in flight of all partitions that this router has. Thread-safe. */
public final class InFlightIndex {

  private final Map<Integer, InFlightRequests> partitions = new ConcurrentHashMap<>();

  public void take(int partition, InFlightRequests flights) {
    partitions.put(partition, flights);
  }

  public void release(int partition, InFlightRequests flights) {
    partitions.remove(partition, flights);
  }

  public Optional<TrackedRequest> find(RequestId request) {
    for (InFlightRequests flights : partitions.values()) {
      Optional<TrackedRequest> found = flights.find(request);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }
}
