package io.anyserve.ingress.prices;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.UsageAggregateCodec;
import io.anyserve.contracts.conversation.AnswerCost;
import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.event.PriceBook.Price;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The ingress charges with the books that metering bills with, and with no others. */
final class PriceBooksTest {

  private static final Instant NOW = Instant.ofEpochSecond(1_000);
  private static final TokenUsage USAGE = new TokenUsage(1_000_000, 0, 0);

  private final PriceBooks books = new PriceBooks();

  @Test
  void aBookUnderAnotherKeyThanItsVersionIsNone() {
    books.read(record("v1", book("v1", 1)));
    assertThrows(MalformedRecordException.class, () -> books.read(record("v1", book("v2", 9))));
    assertThrows(MalformedRecordException.class, () -> books.read(record(null, book("v2", 9))));
    assertThrows(MalformedRecordException.class, () -> books.read(record(null, null)));
    assertEquals(Optional.of(new AnswerCost(1, "EUR", "v1")), charge(USAGE));
  }

  @Test
  void theLatestBookHoldsUntilItIsWithdrawn() {
    assertEquals(Optional.empty(), charge(USAGE));
    books.read(record("v1", book("v1", 1)));
    books.read(record("v2", book("v2", 9)));
    assertEquals(Optional.of(new AnswerCost(9, "EUR", "v2")), charge(USAGE));
    books.read(record("v2", null));
    assertEquals(Optional.of(new AnswerCost(1, "EUR", "v1")), charge(USAGE));
    books.read(record("v1", null));
    assertEquals(Optional.empty(), charge(USAGE));
  }

  @Test
  void aCostThatTheLedgerDoubtsIsNone() {
    books.read(record("v1", book("v1", Long.MAX_VALUE)));
    assertEquals(Optional.empty(), charge(USAGE));
    assertEquals(Optional.of(new AnswerCost(0, "EUR", "v1")), charge(TokenUsage.NONE));
  }

  private Optional<AnswerCost> charge(TokenUsage usage) {
    return books.charge(NOW, "tiny", usage, true);
  }

  private static byte[] book(String version, long prompt) {
    return UsageAggregateCodec.encode(
        new PriceBook(version, Instant.EPOCH, "EUR", Map.of("tiny", new Price(prompt, 0, 0, 0))));
  }

  private static ConsumerRecord<byte[], byte[]> record(
      @Nullable String key, byte @Nullable [] value) {
    return new ConsumerRecord<>("prices", 0, 0, key == null ? null : key.getBytes(UTF_8), value);
  }
}
