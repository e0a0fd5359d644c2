package io.anyserve.runtime.kafka;

import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all partitions of a topic, from the beginning or from the end, and goes on reading. Its own
 * thread calls the reader; healthy once everything that was there at the start is read.
 */
public final class TopicTailer implements Component {

  /** Where to begin. */
  public enum From {
    BEGINNING,
    END
  }

  /** Takes the records; called by the tailer's thread alone. */
  @FunctionalInterface
  public interface Reader {

    void read(ConsumerRecord<byte[], byte[]> record);

    /** The reading begins, for the first time or again after a fault. */
    default void begin() {}

    /** Everything that was there at the beginning is read. May be called more than once. */
    default void caughtUp() {}
  }

  private static final Logger log = LoggerFactory.getLogger(TopicTailer.class);
  private static final Duration POLL = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final String topic;
  private final From from;
  private final Reader reader;
  private final ConsumerLoop<KafkaConsumer<byte[], byte[]>> loop;

  public TopicTailer(KafkaClients kafka, String topic, From from, Reader reader) {
    this.topic = topic;
    this.from = from;
    this.reader = reader;
    String name = "follow-" + topic;
    this.loop =
        new ConsumerLoop<>(
            name,
            new Health.Down("topic " + topic, "not read to its end yet"),
            PAUSE,
            () ->
                kafka.newAssignedConsumer(
                    name, IsolationLevel.READ_COMMITTED, KafkaClients.LONG_FETCHES),
            this::begin,
            (_, down) -> down);
  }

  @Override
  public void start() {
    loop.start();
  }

  @Override
  public Health health() {
    return loop.health();
  }

  private ConsumerLoop.Step begin(KafkaConsumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    if (partitions.isEmpty()) {
      throw new KafkaException("topic " + topic + " does not exist");
    }
    reader.begin();
    consumer.assign(partitions);
    switch (from) {
      case BEGINNING -> consumer.seekToBeginning(partitions);
      case END -> consumer.seekToEnd(partitions);
    }
    Map<TopicPartition, Long> unread = new HashMap<>(consumer.endOffsets(partitions));
    return () -> step(consumer, unread);
  }

  private void step(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> unread) {
    unread.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
    if (unread.isEmpty()) {
      reader.caughtUp();
      loop.up();
    }
    consumer.poll(POLL).forEach(this::read);
  }

  private void read(ConsumerRecord<byte[], byte[]> record) {
    try {
      reader.read(record);
    } catch (RuntimeException | Error e) {
      log.warn(
          "Skipped the unreadable record {}-{}@{}: {}",
          topic,
          record.partition(),
          record.offset(),
          e.toString());
    }
  }

  @Override
  public void close() throws InterruptedException {
    loop.close();
  }
}
