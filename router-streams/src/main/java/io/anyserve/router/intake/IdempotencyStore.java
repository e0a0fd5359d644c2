package io.anyserve.router.intake;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenRecord;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.WindowStoreIterator;

/**
 * The first submission of each idempotency key, and of each id that a submitter chose. It is kept
 * the answer to later ones: a {@link TokenEvent.DuplicateSubmission} whose run is the first one's
 * nonce. A stream thread's.
 *
 * <p>A request's key in the store is its id, the window's start the time of its record; what is too
 * old goes away by whole segments.
 */
record IdempotencyStore(WindowStore<Bytes, byte[]> store) {

  /** As long as the events of the first submission can be read again. */
  static final Duration KEPT = Duration.ofHours(24);

  /**
   * Remembers a submission unless there is one, and returns the one that was there before.
   *
   * @param at milliseconds since the epoch, by the log's clock
   */
  Optional<TokenRecord> first(
      RequestId request, long nonce, TokenEvent.DuplicateSubmission answer, long at) {
    Optional<TokenRecord> known = find(request, at);
    if (known.isEmpty()) {
      byte[] value = TokenCodec.encode(TokenRecord.duplicate(request, nonce, answer));
      store.put(Bytes.wrap(request.bytes()), value, at);
    }
    return known;
  }

  /** Whether there is a submission of that id. */
  boolean known(RequestId request, long at) {
    return find(request, at).isPresent();
  }

  /** Remembers which record of another partition the first submission is a copy of. */
  void copied(RequestId request, byte[] origin, long at) {
    store.put(originKey(request), origin, at);
  }

  /** Whether the first submission is a copy of that record too: moving it was interrupted. */
  boolean isCopy(RequestId request, byte[] origin, long at) {
    try (WindowStoreIterator<byte[]> found =
        store.fetch(originKey(request), Math.max(0, at - KEPT.toMillis()), at)) {
      return found.hasNext() && Arrays.equals(origin, found.next().value);
    }
  }

  private static Bytes originKey(RequestId request) {
    return Bytes.wrap(Arrays.copyOf(request.bytes(), RequestId.BYTES + 1));
  }

  private Optional<TokenRecord> find(RequestId request, long at) {
    byte[] key = request.bytes();
    long from = Math.max(0, at - KEPT.toMillis());
    try (WindowStoreIterator<byte[]> found = store.fetch(Bytes.wrap(key), from, at)) {
      return found.hasNext()
          ? Optional.of(TokenCodec.decode(key, found.next().value))
          : Optional.empty();
    }
  }
}
