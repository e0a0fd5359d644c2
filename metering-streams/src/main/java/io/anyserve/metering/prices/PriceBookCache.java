package io.anyserve.metering.prices;

import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.PriceCodec;
import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.event.PriceSchedule;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.ScheduledCheck;
import io.anyserve.runtime.kafka.DeadLetterProducer;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.TopicTailer;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The price books of the topic {@code prices}, kept up to date. A record that is no book is
 * counted, logged and sent to {@code dlq}, and the books stay as they were. Written by the
 * follower's thread, read by any.
 */
public final class PriceBookCache implements PriceCalculator, Component {

  private static final Logger log = LoggerFactory.getLogger(PriceBookCache.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PERIOD = Duration.ofMillis(20);

  private final TopicNames topics;
  private final PriceMetrics meters;
  private final TopicTailer follower;
  private final DeadLetterProducer deadLetters;
  private final Map<String, PriceBook> books = new HashMap<>();
  private final Set<TopicOffset> reported = new HashSet<>();
  private volatile PriceSchedule schedule = PriceSchedule.EMPTY;

  public PriceBookCache(KafkaClients kafka, TopicNames topics, MeterRegistry registry) {
    this.topics = topics;
    this.meters = new PriceMetrics(registry, () -> schedule.books().size());
    this.deadLetters = new DeadLetterProducer(kafka, topics, "metering-prices");
    this.follower = new TopicTailer(kafka, topics.prices(), TopicTailer.From.BEGINNING, this::take);
  }

  @Override
  public void start() {
    follower.start();
  }

  /** Down until the topic is read to where it ended at the start. */
  @Override
  public Health health() {
    return follower.health();
  }

  /** Throws a KafkaException where the topic is not read within ten seconds. */
  @Override
  public void load() throws InterruptedException {
    load(PATIENCE);
  }

  void load(Duration patience) throws InterruptedException {
    var read =
        ScheduledCheck.await(
            () -> Optional.of(health()).filter(Health.Up.class::isInstance), PERIOD, patience);
    if (read.isEmpty() && health() instanceof Health.Down(String part, String why)) {
      throw new KafkaException(part + ": " + why);
    }
  }

  /** The books known now. */
  public PriceSchedule schedule() {
    return schedule;
  }

  @Override
  public Cost charge(Instant endedAt, String model, TokenUsage usage, boolean finished) {
    PriceSchedule now = schedule;
    Cost cost = now.charge(endedAt, model, usage, finished);
    if (!cost.priced()) {
      unpriced(now, endedAt);
    }
    return cost;
  }

  private void unpriced(PriceSchedule now, Instant endedAt) {
    if (now.at(endedAt).isPresent()) {
      meters.gap();
    } else {
      meters.none();
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    try {
      PriceCodec.decode(record.key(), record.value())
          .ifPresentOrElse(
              book -> books.put(book.version(), book),
              () -> books.remove(PriceCodec.version(record.key())));
      schedule = PriceSchedule.of(books.values());
    } catch (MalformedRecordException e) {
      refuse(record, e);
    }
  }

  /** Once in the life of the process, however often the topic is read. */
  private void refuse(ConsumerRecord<byte[], byte[]> record, MalformedRecordException reason) {
    if (!reported.add(new TopicOffset(record.topic(), record.partition(), record.offset()))) {
      return;
    }
    meters.malformed();
    log.warn(
        "Ignored the record {}@{}, which is not a price book: {}",
        topics.prices(),
        record.offset(),
        reason.getMessage());
    try {
      deadLetters.write(record, reason);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws InterruptedException {
    follower.close();
    deadLetters.close();
  }
}
