package io.anyserve.ingress.prices;

import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.PriceCodec;
import io.anyserve.contracts.conversation.AnswerCost;
import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.event.PriceSchedule;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The price books of the topic {@code prices}. One thread writes, any thread reads. */
public final class PriceBooks {

  private final Map<String, PriceBook> books = new HashMap<>();
  private volatile PriceSchedule schedule = PriceSchedule.EMPTY;

  /** A record of the topic; throws MalformedRecordException as metering does. */
  public void read(ConsumerRecord<byte[], byte[]> record) {
    PriceCodec.decode(record.key(), record.value())
        .ifPresentOrElse(
            book -> books.put(book.version(), book),
            () -> books.remove(PriceCodec.version(record.key())));
    schedule = PriceSchedule.of(books.values());
  }

  /** The book in effect at that time; empty before the first. */
  public Optional<PriceBook> at(Instant time) {
    return schedule.at(time);
  }

  /**
   * What the ledger charges for a request that ended so; empty where no book has a price for it.
   *
   * @param endedAt by the log's clock
   * @param model that answered; empty when nobody did
   * @param finished the request ended well
   */
  public Optional<AnswerCost> charge(
      Instant endedAt, String model, TokenUsage usage, boolean finished) {
    PriceSchedule now = schedule;
    Cost cost = now.charge(endedAt, model, usage, finished).plausible();
    return now.find(cost.version())
        .map(book -> new AnswerCost(cost.micros(), book.currency(), book.version()));
  }
}
