package io.anyserve.metering.export;

import io.anyserve.contracts.topic.DeadLetter;
import io.anyserve.contracts.topic.TopicNames;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events to a topic, each exactly once for those who read what is committed: how far it has
 * come is part of the same transaction.
 */
final class TopicExporter implements Exporter {

  private static final Logger log = LoggerFactory.getLogger(TopicExporter.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration CLOSE = Duration.ofSeconds(5);
  private static final byte[] CONTENT_TYPE = UsageEvent.ONE.getBytes(StandardCharsets.UTF_8);

  private final Consumer<byte[], byte[]> consumer;
  private final Producer<byte[], byte[]> producer;
  private final TopicNames topics;
  private final String topic;
  private final String source;
  private final ExportMetrics meters;

  /**
   * @param consumer closed with this, as is the producer
   * @param producer whose transactions are initialised
   */
  TopicExporter(
      Consumer<byte[], byte[]> consumer,
      Producer<byte[], byte[]> producer,
      TopicNames topics,
      String topic,
      String source,
      ExportMetrics meters) {
    this.consumer = consumer;
    this.producer = producer;
    this.topics = topics;
    this.topic = topic;
    this.source = source;
    this.meters = meters;
  }

  @Override
  public void step() {
    List<ExportRecord> items = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
      items.add(ExportRecord.of(source, record));
    }
    if (!items.isEmpty()) {
      transact(items);
    }
    meters.lag(LedgerConsumer.lag(consumer));
  }

  private void transact(List<ExportRecord> items) {
    producer.beginTransaction();
    for (ExportRecord item : items) {
      var _ = producer.send(written(item));
    }
    producer.sendOffsetsToTransaction(ExportRecord.behind(items), consumer.groupMetadata());
    producer.commitTransaction();
    meters.sent(ExportRecord.events(items).size());
  }

  private ProducerRecord<byte[], byte[]> written(ExportRecord item) {
    return switch (item) {
      case ExportRecord.Entry(var record, UsageEvent event) -> {
        var written =
            new ProducerRecord<>(topic, null, record.timestamp(), event.key(), event.json());
        written.headers().add("content-type", CONTENT_TYPE);
        yield written;
      }
      case ExportRecord.Malformed(var record, var reason) -> {
        meters.malformed();
        log.warn("no ledger entry at {}@{}", item.partition(), record.offset(), reason);
        yield DeadLetter.of(topics, record, reason);
      }
    };
  }

  @Override
  public void close() {
    producer.close(CLOSE);
    consumer.close();
  }
}
