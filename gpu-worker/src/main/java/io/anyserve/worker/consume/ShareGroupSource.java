package io.anyserve.worker.consume;

import io.anyserve.contracts.TopicOffset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.errors.WakeupException;

/** A share consumer of Kafka. */
final class ShareGroupSource implements RecordSource {

  private static final Duration CLOSE = Duration.ofSeconds(30);

  private final ShareConsumer<byte[], byte[]> consumer;
  private final ConnectionMonitor connection;
  private final Set<TopicOffset> unanswered = new HashSet<>();
  private final List<TopicOffset> refused = new ArrayList<>();

  ShareGroupSource(ShareConsumer<byte[], byte[]> consumer, String topic) {
    this.consumer = consumer;
    this.connection = new ConnectionMonitor(consumer::metrics, System::nanoTime);
    consumer.setAcknowledgementCommitCallback(
        (records, failure) ->
            records.forEach((partition, offsets) -> answered(partition, offsets, failure == null)));
    consumer.subscribe(List.of(topic));
  }

  /** Called by the consumer's own methods. */
  private void answered(TopicIdPartition partition, Set<Long> offsets, boolean taken) {
    for (long offset : offsets) {
      var position = new TopicOffset(partition.topic(), partition.partition(), offset);
      unanswered.remove(position);
      if (!taken) {
        refused.add(position);
      }
    }
  }

  @Override
  public List<ConsumerRecord<byte[], byte[]>> poll(Duration patience) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try {
      consumer.poll(patience).forEach(records::add);
    } catch (WakeupException e) {
      return List.of();
    }
    return records;
  }

  @Override
  public void acknowledge(ConsumerRecord<byte[], byte[]> record, AcknowledgeType type) {
    consumer.acknowledge(record, type);
    unanswered.add(new TopicOffset(record.topic(), record.partition(), record.offset()));
  }

  @Override
  public void commit() {
    consumer.commitAsync();
  }

  @Override
  public List<TopicOffset> refused() {
    List<TopicOffset> since = List.copyOf(refused);
    refused.clear();
    return since;
  }

  @Override
  public boolean lost() {
    return connection.lost();
  }

  @Override
  public void wake() {
    consumer.wakeup();
  }

  @Override
  public void close() {
    try {
      consumer.close(lost() ? Duration.ZERO : CLOSE);
    } finally {
      refused.addAll(unanswered);
      unanswered.clear();
    }
  }
}
