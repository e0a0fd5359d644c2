package io.anyserve.ingress.quota;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.codec.UsageAggregateCodec;
import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.event.PriceBook.Price;
import io.anyserve.ingress.prices.PriceBooks;
import io.anyserve.quota.QuotaRequest;
import io.anyserve.runtime.kafka.WorkerRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** The ingress reserves with the book in effect. */
final class PriceTableTest {

  private static final Instant NOW = Instant.ofEpochSecond(1_000);
  private static final Capability STORY = new Capability("story");
  private static final Price CHEAP = new Price(1, 2, 0, 0);
  private static final Price DEAR = new Price(9, 1, 9, 9);

  private final PriceBooks books = new PriceBooks();
  private final PriceTable prices =
      new PriceTable(new WorkerRegistry(InstantSource.fixed(NOW)), books);

  @Test
  void whereNoWorkerOffersItTheDearestOfAllModelsHolds() {
    assertEquals(QuotaRequest.FREE, prices.dearest(STORY, NOW));
    set("v1", NOW, Map.of("tiny", CHEAP, "large", DEAR));
    assertEquals(new Price(9, 2, 9, 9), prices.dearest(STORY, NOW));
    assertEquals(QuotaRequest.FREE, prices.dearest(STORY, NOW.minusSeconds(1)));
  }

  @Test
  void aLaterBookHoldsFromItsTime() {
    set("v1", NOW, Map.of("tiny", CHEAP));
    set("v2", NOW.plusSeconds(5), Map.of("tiny", DEAR));
    assertEquals(CHEAP, prices.dearest(STORY, NOW));
    assertEquals(DEAR, prices.dearest(STORY, NOW.plusSeconds(5)));
  }

  private void set(String version, Instant from, Map<String, Price> all) {
    byte[] value = UsageAggregateCodec.encode(new PriceBook(version, from, "EUR", all));
    books.read(new ConsumerRecord<>("prices", 0, 0, version.getBytes(UTF_8), value));
  }
}
