package io.anyserve.chaos.cluster;

import io.anyserve.contracts.TopicOffset;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Writes records one by one and says where each lies. One thread uses it. */
record RecordWriter(KafkaProducer<byte[], byte[]> producer) implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 60;

  TopicOffset write(String topic, byte[] key, byte[] value) throws IOException {
    try {
      RecordMetadata written =
          producer
              .send(new ProducerRecord<>(topic, key, value))
              .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return new TopicOffset(topic, written.partition(), written.offset());
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("a malformed record cannot be written to " + topic, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(2));
  }
}
