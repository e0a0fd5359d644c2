package io.anyserve.router;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.wire.TokenWire;
import io.anyserve.router.RequestState.Ended;
import io.anyserve.router.RequestState.Running;
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
 * the Started event while the request runs. A stream thread's.
 */
record RequestStates(KeyValueStore<Bytes, byte[]> store) {

  /** As long as the log of tokens: nothing older can still be told apart. */
  static final Duration RUNNING_KEPT = Duration.ofHours(24);

  /** Far longer than a second copy of a request that ended may still wait to be taken. */
  static final Duration ENDED_KEPT = Duration.ofHours(6);

  Optional<RequestState> of(byte[] key) {
    return Optional.ofNullable(store.get(Bytes.wrap(key))).map(value -> decode(key, value));
  }

  boolean has(byte[] key) {
    return store.get(Bytes.wrap(key)) != null;
  }

  void put(RequestId request, RequestState state) {
    store.put(Bytes.wrap(request.bytes()), encode(state));
  }

  /** Forgets what is too old and says how many that were. */
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
    Duration kept = value.length == Long.BYTES ? ENDED_KEPT : RUNNING_KEPT;
    return Instant.ofEpochMilli(ByteBuffer.wrap(value).getLong()).plus(kept).isBefore(now);
  }

  private static byte[] encode(RequestState state) {
    byte[] started =
        switch (state) {
          case Running running -> TokenWire.encode(running.started());
          case Ended _ -> new byte[0];
        };
    return ByteBuffer.allocate(Long.BYTES + started.length)
        .putLong(state.since().toEpochMilli())
        .put(started)
        .array();
  }

  private static RequestState decode(byte[] key, byte[] value) {
    ByteBuffer buffer = ByteBuffer.wrap(value);
    Instant since = Instant.ofEpochMilli(buffer.getLong());
    if (!buffer.hasRemaining()) {
      return new Ended(since);
    }
    byte[] started = new byte[buffer.remaining()];
    buffer.get(started);
    return new Running(since, TokenWire.decode(key, started));
  }
}
