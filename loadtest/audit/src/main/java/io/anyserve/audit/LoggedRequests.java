package io.anyserve.audit;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.TokenRecord;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** All requests of the topic {@code tokens}, as far back as it is kept. Not thread-safe. */
final class LoggedRequests {

  private static final class Request {

    private final RequestFold fold = new RequestFold(false);
    private Instant endedAt = Instant.MIN;
  }

  private final Map<RequestId, Request> requests = new HashMap<>();
  private final Map<Integer, Instant> oldest = new HashMap<>();

  void add(ConsumerRecord<byte[], byte[]> record) {
    Instant time = Instant.ofEpochMilli(record.timestamp());
    oldest.putIfAbsent(record.partition(), time);
    try {
      TokenCodec.decodeAll(record.key(), record.value())
          .forEach(token -> add(RecordSanitizer.of(token, time), time));
    } catch (MalformedRecordException garbage) {
      // goes to dlq and is nobody's
    }
  }

  private void add(TokenRecord token, Instant time) {
    Request request = requests.computeIfAbsent(token.request(), _ -> new Request());
    boolean ended = request.fold.ends() > 0;
    request.fold.apply(token);
    if (!ended && request.fold.ends() > 0) {
      request.endedAt = time;
    }
  }

  Optional<RequestFold> find(RequestId id) {
    return Optional.ofNullable(requests.get(id)).map(request -> request.fold);
  }

  /** Requests that ended within. */
  Map<RequestId, RequestFold> ended(Instant from, Instant to) {
    Map<RequestId, RequestFold> ended = new HashMap<>();
    requests.forEach(
        (id, request) -> {
          Instant at = request.endedAt;
          if (request.fold.ends() > 0 && !at.isBefore(from) && at.isBefore(to)) {
            ended.put(id, request.fold);
          }
        });
    return ended;
  }

  /**
   * Whether every event that the line was derived from is still there.
   *
   * @param cut partitions whose oldest records are gone
   */
  boolean covers(LedgerEntry entry, Set<Integer> cut) {
    return entry
        .source()
        .filter(
            source -> {
              if (!cut.contains(source.partition())) {
                return true;
              }
              @Nullable Instant since = oldest.get(source.partition());
              Instant began = entry.times().startedAt().orElse(entry.times().endedAt());
              return since != null && began.isAfter(since);
            })
        .isPresent();
  }
}
