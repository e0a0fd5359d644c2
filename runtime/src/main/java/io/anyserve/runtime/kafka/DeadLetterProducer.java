package io.anyserve.runtime.kafka;

import io.anyserve.contracts.topic.DeadLetter;
import io.anyserve.contracts.topic.TopicNames;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Writes to the topic {@code dlq}; connects with the first dead letter, which most processes never
 * write. Owned by one thread.
 */
public final class DeadLetterProducer implements AutoCloseable {

  private static final Duration LAST = Duration.ofSeconds(5);

  private final KafkaClients kafka;
  private final TopicNames topics;
  private final String clientId;
  private @Nullable KafkaProducer<byte[], byte[]> producer;

  public DeadLetterProducer(KafkaClients kafka, TopicNames topics, String clientId) {
    this.kafka = kafka;
    this.topics = topics;
    this.clientId = clientId;
  }

  /**
   * Returns when the dead letter is in the log; throws a KafkaException when it does not get there.
   */
  public void write(ConsumerRecord<byte[], byte[]> record, Exception reason)
      throws InterruptedException {
    KafkaProducer<byte[], byte[]> writing = producer;
    if (writing == null) {
      writing = kafka.newProducer(clientId, Map.of());
      producer = writing;
    }
    try {
      writing.send(DeadLetter.of(topics, record, reason)).get();
    } catch (ExecutionException e) {
      throw new KafkaException("topic " + topics.deadLetters(), e.getCause());
    }
  }

  @Override
  public void close() {
    KafkaProducer<byte[], byte[]> writing = producer;
    if (writing != null) {
      writing.close(LAST);
    }
  }
}
