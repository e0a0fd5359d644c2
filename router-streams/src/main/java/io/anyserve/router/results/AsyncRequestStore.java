package io.anyserve.router.results;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.router.results.RequestState.Ended;
import io.anyserve.router.results.RequestState.Running;
import io.anyserve.router.results.RequestState.Span;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The states of asynchronous requests. A value is the time in milliseconds (8 bytes), followed by
 * the Started event while the request runs, or by the offsets of the first and the last event (8
 * bytes each) when it has ended. A stream thread's.
 */
record AsyncRequestStore(KeyValueStore<Bytes, byte[]> store) {

  /**
   * As long as {@code tokens} keeps its records, so that a duplicate is recognised and answered.
   */
  static final Duration KEPT = Duration.ofHours(24);

  private static final int ENDED_BYTES = 3 * Long.BYTES;

  Optional<RequestState> of(byte[] key) {
    return Optional.ofNullable(store.get(Bytes.wrap(key))).map(value -> decode(key, value));
  }

  boolean has(byte[] key) {
    return store.get(Bytes.wrap(key)) != null;
  }

  void put(RequestId request, RequestState state) {
    store.put(Bytes.wrap(request.bytes()), encode(state));
  }

  /** Deletes entries that are too old, and returns how many. */
  int purge(Instant now) {
    List<Bytes> old = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
      while (all.hasNext()) {
        KeyValue<Bytes, byte[]> entry = all.next();
        if (expired(entry.value, now)) {
          old.add(entry.key);
        }
      }
    }
    old.forEach(store::delete);
    return old.size();
  }

  private static boolean expired(byte[] value, Instant now) {
    return Instant.ofEpochMilli(ByteBuffer.wrap(value).getLong()).plus(KEPT).isBefore(now);
  }

  private static byte[] encode(RequestState state) {
    byte[] more =
        switch (state) {
          case Running running -> TokenCodec.encode(running.started());
          case Ended ended ->
              ended.events().map(AsyncRequestStore::encode).orElseGet(() -> new byte[0]);
        };
    return ByteBuffer.allocate(Long.BYTES + more.length)
        .putLong(state.since().toEpochMilli())
        .put(more)
        .array();
  }

  private static byte[] encode(Span events) {
    return ByteBuffer.allocate(2 * Long.BYTES)
        .putLong(events.first())
        .putLong(events.last())
        .array();
  }

  private static RequestState decode(byte[] key, byte[] value) {
    ByteBuffer buffer = ByteBuffer.wrap(value);
    Instant since = Instant.ofEpochMilli(buffer.getLong());
    if (!buffer.hasRemaining()) {
      return new Ended(since, Optional.empty());
    }
    if (value.length == ENDED_BYTES) {
      return new Ended(since, Optional.of(new Span(buffer.getLong(), buffer.getLong())));
    }
    byte[] started = new byte[buffer.remaining()];
    buffer.get(started);
    return new Running(since, TokenCodec.decode(key, started));
  }
}
