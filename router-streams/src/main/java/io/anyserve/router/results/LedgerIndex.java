package io.anyserve.router.results;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TopicOffset;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values of the store of ledger positions: hour and request id, and where the entry lies.
 * The hour comes first (4 bytes), so that old entries lie together.
 */
public final class LedgerIndex {

  /** As long as {@code tokens} keeps its records. */
  static final Duration KEPT = Duration.ofHours(24);

  /** Sorts behind all hours. Its value is the offset up to which the store is complete. */
  static final Bytes MARKER = Bytes.wrap(new byte[] {Byte.MAX_VALUE});

  private static final long HOUR = Duration.ofHours(1).toMillis();

  private LedgerIndex() {}

  /**
   * @param at milliseconds since the epoch
   * @param request 16 bytes
   */
  static Bytes key(long at, byte[] request) {
    return Bytes.wrap(
        ByteBuffer.allocate(Integer.BYTES + request.length).putInt(hour(at)).put(request).array());
  }

  /** Sorts before every key that is still kept, and behind every older one. */
  static Bytes oldest(long now) {
    return Bytes.wrap(
        ByteBuffer.allocate(Integer.BYTES).putInt(hour(now - KEPT.toMillis())).array());
  }

  static byte[] value(TopicOffset position) {
    return ByteBuffer.allocate(Integer.BYTES + Long.BYTES)
        .putInt(position.partition())
        .putLong(position.offset())
        .array();
  }

  static TopicOffset position(String topic, byte[] value) {
    ByteBuffer buffer = ByteBuffer.wrap(value);
    return new TopicOffset(topic, buffer.getInt(), buffer.getLong());
  }

  /** The latest entry of a request. */
  public static Optional<TopicOffset> find(
      Function<Bytes, byte @Nullable []> store, String topic, RequestId request, Instant now) {
    long first = now.minus(KEPT).toEpochMilli();
    for (long at = now.toEpochMilli() + HOUR; at >= first - HOUR; at -= HOUR) {
      byte @Nullable [] value = store.apply(key(at, request.bytes()));
      if (value != null) {
        return Optional.of(position(topic, value));
      }
    }
    return Optional.empty();
  }

  private static int hour(long at) {
    return (int) Math.max(0, at / HOUR);
  }
}
