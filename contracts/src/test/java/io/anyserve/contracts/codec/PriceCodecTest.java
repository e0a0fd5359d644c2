package io.anyserve.contracts.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.event.PriceBook;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What metering bills with and what the ingress reserves with: one reading of each record. */
final class PriceCodecTest {

  private static final PriceBook BOOK =
      new PriceBook("v1", Instant.EPOCH, "EUR", Map.of("tiny", new PriceBook.Price(1, 2, 3, 4)));
  private static final byte[] VALUE = UsageAggregateCodec.encode(BOOK);

  @Test
  void aBookIsReadUnderItsVersion() {
    assertEquals(Optional.of(BOOK), PriceCodec.decode("v1".getBytes(UTF_8), VALUE));
    assertEquals("v1", PriceCodec.version("v1".getBytes(UTF_8)));
  }

  @Test
  void noValueWithdrawsTheBook() {
    assertEquals(Optional.empty(), PriceCodec.decode("v1".getBytes(UTF_8), null));
  }

  @Test
  void anotherKeyIsRefused() {
    assertEquals(
        "key: v2 (expected: the book's version, v1)", refusal("v2".getBytes(UTF_8), VALUE));
    assertEquals("key:  (expected: the book's version, v1)", refusal(new byte[0], VALUE));
    assertEquals("key: none (expected: the book's version)", refusal(null, VALUE));
    assertEquals("key: none (expected: the book's version)", refusal(null, null));
  }

  @Test
  void aValueThatIsNoBookIsRefused() {
    refusal("v1".getBytes(UTF_8), new byte[0]);
    refusal("v1".getBytes(UTF_8), new byte[] {1, 2, 3});
  }

  private static String refusal(byte @Nullable [] key, byte @Nullable [] value) {
    return String.valueOf(
        assertThrows(MalformedRecordException.class, () -> PriceCodec.decode(key, value))
            .getMessage());
  }
}
