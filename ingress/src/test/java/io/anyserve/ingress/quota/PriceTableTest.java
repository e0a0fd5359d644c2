package io.anyserve.ingress.quota;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.UsageAggregateCodec;
import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.event.PriceBook.Price;
import io.anyserve.quota.QuotaRequest;
import io.anyserve.runtime.kafka.WorkerRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The ingress reserves with the books that metering bills with, and with no others. */
final class PriceTableTest {

  private static final Instant NOW = Instant.ofEpochSecond(1_000);
  private static final Capability STORY = new Capability("story");
  private static final Price CHEAP = new Price(1, 2, 0, 0);
  private static final Price DEAR = new Price(9, 9, 9, 9);

  private final PriceTable prices = new PriceTable(new WorkerRegistry(InstantSource.fixed(NOW)));

  @Test
  void aBookUnderAnotherKeyThanItsVersionIsNone() {
    prices.read(record("v1", book("v1", CHEAP)));
    assertThrows(MalformedRecordException.class, () -> prices.read(record("v1", book("v2", DEAR))));
    assertThrows(MalformedRecordException.class, () -> prices.read(record(null, book("v2", DEAR))));
    assertThrows(MalformedRecordException.class, () -> prices.read(record(null, null)));
    assertEquals(CHEAP, prices.dearest(STORY, NOW));
  }

  @Test
  void theLatestBookHoldsUntilItIsWithdrawn() {
    prices.read(record("v1", book("v1", CHEAP)));
    prices.read(record("v2", book("v2", DEAR)));
    assertEquals(DEAR, prices.dearest(STORY, NOW));
    prices.read(record("v2", null));
    assertEquals(CHEAP, prices.dearest(STORY, NOW));
    prices.read(record("v1", null));
    assertEquals(QuotaRequest.FREE, prices.dearest(STORY, NOW));
  }

  private static byte[] book(String version, Price price) {
    return UsageAggregateCodec.encode(
        new PriceBook(version, Instant.EPOCH, "EUR", Map.of("tiny", price)));
  }

  private static ConsumerRecord<byte[], byte[]> record(
      @Nullable String key, byte @Nullable [] value) {
    return new ConsumerRecord<>("prices", 0, 0, key == null ? null : key.getBytes(UTF_8), value);
  }
}
