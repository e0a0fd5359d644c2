package io.anyserve.ingress.response;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.RequestId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The readers that this ingress feeds, by request, and how many more it takes. Thread-safe: the
 * lists are immutable, and no call takes the lock of a stream.
 */
final class StreamRegistry {

  private final Map<RequestId, List<ResponseStream>> open = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final int limit;
  private volatile boolean closing;

  StreamRegistry(int limit) {
    this.limit = limit;
  }

  /**
   * Reserves a place for a reader.
   *
   * @throws FailureException OVERLOADED or SHUTTING_DOWN
   */
  void reserve() {
    if (closing) {
      throw new FailureException(FailureCode.SHUTTING_DOWN, "this ingress is stopping");
    }
    if (count.incrementAndGet() > limit) {
      count.decrementAndGet();
      throw new FailureException(
          FailureCode.OVERLOADED, "requests in flight: " + limit + ", the most allowed");
    }
  }

  /** Reserves the place that another reader of the same client has just left. */
  void reserveAgain() {
    count.incrementAndGet();
  }

  /** Gives a reserved place back, without a reader. */
  void release() {
    count.decrementAndGet();
  }

  /** Puts a reader into its reserved place. */
  void add(ResponseStream stream) {
    open.merge(stream.handle().request(), List.of(stream), StreamRegistry::joined);
  }

  private static List<ResponseStream> joined(List<ResponseStream> some, List<ResponseStream> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  /** Once for each reader. */
  void remove(ResponseStream stream) {
    open.computeIfPresent(
        stream.handle().request(), (request, readers) -> without(readers, stream));
    count.decrementAndGet();
  }

  private static @Nullable List<ResponseStream> without(
      List<ResponseStream> readers, ResponseStream gone) {
    if (readers.size() == 1) {
      return readers.getFirst() == gone ? null : readers;
    }
    return readers.stream().filter(reader -> reader != gone).toList();
  }

  boolean contains(RequestId request) {
    return open.containsKey(request);
  }

  /** All readers of a request, the longest there first. */
  List<ResponseStream> readers(RequestId request) {
    return open.getOrDefault(request, List.of());
  }

  /** The reader of a request that is there longest. */
  Optional<ResponseStream> first(RequestId request) {
    List<ResponseStream> readers = readers(request);
    return readers.isEmpty() ? Optional.empty() : Optional.of(readers.getFirst());
  }

  /** The readers of each request; changes while it is gone through. */
  Collection<List<ResponseStream>> all() {
    return open.values();
  }

  /** Whether the client of another reader of the same request is there. */
  boolean isReadByOthers(ResponseStream stream) {
    for (ResponseStream reader : readers(stream.handle().request())) {
      if (reader != stream && reader.presence().here()) {
        return true;
      }
    }
    return false;
  }

  /** Whether any reader's stream lies on that partition. */
  boolean reads(int partition) {
    return open.values().stream()
        .anyMatch(readers -> readers.stream().anyMatch(reader -> reader.partition() == partition));
  }

  int size() {
    return count.get();
  }

  /** Reserves no more places; readers that are there go on. */
  void stopAccepting() {
    closing = true;
  }
}
