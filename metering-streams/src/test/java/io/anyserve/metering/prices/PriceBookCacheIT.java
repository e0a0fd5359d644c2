package io.anyserve.metering.prices;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.UsageAggregateCodec;
import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.TopicAdmin;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The books of a real topic. */
@Timeout(240)
final class PriceBookCacheIT {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final TokenUsage USAGE = new TokenUsage(1_000_000, 0, 0);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  @Test
  void booksAreKnownBeforeAnythingIsChargedAndGarbageIsExplained(@TempDir Path data)
      throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(data, 0)) {
      KafkaClients kafka = KafkaClients.of(broker.bootstrapServers());
      TopicNames topics = TopicNames.withDefaultPrefix();
      try (PriceBookCache prices = new PriceBookCache(kafka, topics, registry)) {
        prices.start();
        assertThrows(KafkaException.class, () -> prices.load(Duration.ofMillis(300)));
        create(kafka, topics);
        prices.load(SOON);
        assertEquals(Cost.UNPRICED, prices.charge(Instant.EPOCH, "m", USAGE, true));
      }
      PriceTopic topic = new PriceTopic(kafka, topics);
      topic.write(book("v1", 0, "m"));
      write(kafka, topics.prices(), "v2", new byte[] {1, 2, 3});
      write(kafka, topics.prices(), "another", UsageAggregateCodec.encode(book("v3", 0, "m")));
      topic.write(book("v4", 1_000, "n"));
      try (PriceBookCache prices = new PriceBookCache(kafka, topics, registry)) {
        prices.start();
        prices.load(SOON);

        assertEquals(new Cost(1, "v1"), prices.charge(at(999), "m", USAGE, true));
        assertEquals(Cost.UNPRICED, prices.charge(at(1_000), "m", USAGE, true));
        assertEquals(1, unpriced("gap"));
        assertEquals(2, registry.get("anyserve.metering.prices.malformed").counter().count());
        List<ConsumerRecord<byte[], byte[]>> deadLetters = deadLetters(kafka, topics);
        assertEquals(2, deadLetters.size());
        assertArrayEquals(new byte[] {1, 2, 3}, deadLetters.getFirst().value());

        topic.write(book("v5", 2_000, "m"));
        await().atMost(SOON).until(() -> prices.schedule().books().size() == 3);
        assertEquals(new Cost(1, "v5"), prices.charge(at(2_000), "m", USAGE, true));
        write(kafka, topics.prices(), "v5", null);
        await().atMost(SOON).until(() -> prices.schedule().books().size() == 2);
      }
      List<String> malformed = new ArrayList<>();
      assertEquals(
          List.of("v1", "v4"),
          topic.read(malformed::add).books().stream().map(PriceBook::version).toList());
      assertEquals(2, malformed.size());
    }
  }

  private double unpriced(String reason) {
    return registry
        .get("anyserve.metering.prices.unpriced")
        .tag("reason", reason)
        .counter()
        .count();
  }

  private static Instant at(long millis) {
    return Instant.ofEpochMilli(millis);
  }

  private static PriceBook book(String version, long from, String model) {
    return new PriceBook(version, at(from), "EUR", Map.of(model, new PriceBook.Price(1, 0, 0, 0)));
  }

  private static void create(KafkaClients kafka, TopicNames topics) throws InterruptedException {
    try (var admin = kafka.newAdmin("test")) {
      new TopicAdmin(admin, 1)
          .create(new TopicCatalogue(topics, TopicPartitioning.STANDALONE).fixed());
    }
  }

  private static void write(KafkaClients kafka, String topic, String key, byte @Nullable [] value)
      throws Exception {
    try (var producer = kafka.newProducer("test", Map.of())) {
      byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>(topic, bytes, value)).get();
    }
  }

  private static List<ConsumerRecord<byte[], byte[]>> deadLetters(
      KafkaClients kafka, TopicNames topics) {
    List<ConsumerRecord<byte[], byte[]>> deadLetters = new ArrayList<>();
    try (var reader =
        kafka.newAssignedConsumer("test", IsolationLevel.READ_UNCOMMITTED, Map.of())) {
      reader.assign(List.of(new TopicPartition(topics.deadLetters(), 0)));
      reader.seekToBeginning(reader.assignment());
      await()
          .atMost(SOON)
          .until(
              () -> {
                reader.poll(Duration.ofMillis(100)).forEach(deadLetters::add);
                return deadLetters.size() >= 2;
              });
    }
    return deadLetters;
  }
}
