package io.anyserve.router.recovery;

import io.anyserve.contracts.RequestId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The requests in flight of all partitions that this router has. Thread-safe. */
public final class InFlightIndex {

  private final Map<Integer, InFlightRequests> partitions = new ConcurrentHashMap<>();

  public void take(int partition, InFlightRequests requests) {
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
}
