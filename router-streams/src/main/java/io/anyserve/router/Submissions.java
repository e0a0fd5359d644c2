package io.anyserve.router;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.event.TokenEvent.Duplicate;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.wire.TokenWire;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.WindowStoreIterator;

/**
 * The first submission of each idempotency key. It is kept as what later ones are told: a {@link
 * Duplicate} whose run is the first one's nonce. A stream thread's.
 *
 * <p>A request's key in the store is its id, the window's start the time of its record; what is too
 * old goes away by whole segments.
 */
record Submissions(WindowStore<Bytes, byte[]> store) {

  /** As long as the stream of the first can be read again. */
  static final Duration KEPT = Duration.ofHours(24);

  /**
   * Remembers a submission unless there is one, and returns the one that was there before.
   *
   * @param at milliseconds since the epoch, by the log's clock
   */
  Optional<TokenRecord> first(InferenceRequest request, long nonce, String digest, long at) {
    Optional<TokenRecord> known = find(request.id(), at);
    if (known.isEmpty()) {
      var answer = new Duplicate(request.delivery().reply(), digest, request.context());
      byte[] value = TokenWire.encode(TokenRecord.duplicate(request.id(), nonce, answer));
      store.put(Bytes.wrap(request.id().bytes()), value, at);
    }
    return known;
  }

  private Optional<TokenRecord> find(RequestId request, long at) {
    byte[] key = request.bytes();
    long from = Math.max(0, at - KEPT.toMillis());
    try (WindowStoreIterator<byte[]> found = store.fetch(Bytes.wrap(key), from, at)) {
      return found.hasNext()
          ? Optional.of(TokenWire.decode(key, found.next().value))
          : Optional.empty();
    }
  }
}
