package io.anyserve.contracts.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.event.PriceBook;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Records of {@code prices}: the key is the book's version in UTF-8, and no value withdraws the
 * book. Metering and ingress read them here, so that bills and reservations use the same books.
 */
public final class PriceCodec {

  private PriceCodec() {}

  /** Throws {@link MalformedRecordException} where there is no key. */
  public static String version(byte @Nullable [] key) {
    if (key == null) {
      throw new MalformedRecordException("key: none (expected: the book's version)");
    }
    return new String(key, UTF_8);
  }

  /**
   * Empty where the record withdraws the book of its key. Throws {@link MalformedRecordException},
   * also where the key is not the book's version.
   */
  public static Optional<PriceBook> decode(byte @Nullable [] key, byte @Nullable [] value) {
    String version = version(key);
    if (value == null) {
      return Optional.empty();
    }
    PriceBook book = UsageAggregateCodec.decodePrices(value);
    if (!book.version().equals(version)) {
      throw new MalformedRecordException(
          "key: " + version + " (expected: the book's version, " + book.version() + ")");
    }
    return Optional.of(book);
  }
}
