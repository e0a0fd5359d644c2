package io.anyserve.metering.prices;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.PriceCodec;
import io.anyserve.contracts.codec.UsageAggregateCodec;
import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.event.PriceSchedule;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.PartitionRangeReader;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/** The topic {@code prices}, read once and written. Every call is a connection of its own. */
public record PriceTopic(KafkaClients kafka, TopicNames topics) {

  private static final String CLIENT = "anyserve-prices";

  /**
   * All books that are there now.
   *
   * @param malformed told what could not be read, and where
   */
  public PriceSchedule read(Consumer<String> malformed) {
    Map<String, PriceBook> books = new TreeMap<>();
    try (var consumer = kafka.newAssignedConsumer(CLIENT, IsolationLevel.READ_COMMITTED, Map.of());
        var range = new PartitionRangeReader(consumer)) {
      for (PartitionInfo info : consumer.partitionsFor(topics.prices())) {
        var partition = new TopicPartition(topics.prices(), info.partition());
        range.read(partition, 0, range.end(partition), record -> take(record, books, malformed));
      }
    }
    return PriceSchedule.of(books.values());
  }

  private static void take(
      ConsumerRecord<byte[], byte[]> record,
      Map<String, PriceBook> books,
      Consumer<String> malformed) {
    try {
      PriceCodec.decode(record.key(), record.value())
          .ifPresentOrElse(
              book -> books.put(book.version(), book),
              () -> books.remove(PriceCodec.version(record.key())));
    } catch (MalformedRecordException e) {
      malformed.accept(
          "%s-%d@%d: %s"
              .formatted(record.topic(), record.partition(), record.offset(), e.getMessage()));
    }
  }

  /** Returns when the book is in the log. */
  public void write(PriceBook book) throws InterruptedException {
    try (var producer = kafka.newProducer(CLIENT, Map.of())) {
      byte[] key = book.version().getBytes(UTF_8);
      producer
          .send(new ProducerRecord<>(topics.prices(), key, UsageAggregateCodec.encode(book)))
          .get();
    } catch (ExecutionException e) {
      throw new KafkaException("topic " + topics.prices(), e.getCause());
    }
  }
}
