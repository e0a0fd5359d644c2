package io.anyserve.router;

import io.anyserve.contracts.RequestId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The requests in flight of all partitions that this router has. Thread-safe. */
final class Requests {

  private final Map<Integer, Flights> partitions = new ConcurrentHashMap<>();

  void take(int partition, Flights flights) {
    partitions.put(partition, flights);
  }

  void release(int partition, Flights flights) {
    partitions.remove(partition, flights);
  }

  Optional<Known> find(RequestId request) {
    for (Flights flights : partitions.values()) {
      Optional<Known> found = flights.find(request);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }
}
