package io.anyserve.runtime.streams;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/**
 * Kafka's clients for Kafka Streams; no record of others ends one that reads them.
 *
 * @param largestRecord bytes of a record that its consumers let through, decompressed
 * @param gathering how long more records are waited for after a poll that returned few: nothing
 *     where somebody waits for each record
 */
public record StreamsClients(int largestRecord, Duration gathering) implements KafkaClientSupplier {

  @Override
  public Admin getAdmin(Map<String, Object> config) {
    return Admin.create(config);
  }

  @Override
  public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
    return consumer(config, gathering, PollPacing.BUSY);
  }

  /** Its thread does nothing between two polls. */
  @Override
  public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
    return consumer(config, Duration.ZERO, Duration.ZERO);
  }

  private Consumer<byte[], byte[]> consumer(
      Map<String, Object> config, Duration gathered, Duration busy) {
    return new PacedConsumer(
        config, largestRecord, new PollPacing(gathered, busy, System::nanoTime));
  }

  /** Of change logs, which only the application itself writes. */
  @Override
  public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
