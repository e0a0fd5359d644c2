package io.anyserve.runtime.kafka;

import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
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

  private static final Logger log = LoggerFactory.getLogger(TopicTailer.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final KafkaClients kafka;
  private final String topic;
  private final From from;
  private final Consumer<ConsumerRecord<byte[], byte[]>> reader;
  private final Thread thread;
  private volatile boolean caughtUp;
  private volatile @Nullable KafkaConsumer<byte[], byte[]> reading;
  private final CountDownLatch stopping = new CountDownLatch(1);

  public TopicTailer(
      KafkaClients kafka,
      String topic,
      From from,
      Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    this.kafka = kafka;
    this.topic = topic;
    this.from = from;
    this.reader = reader;
    this.thread = new Thread(this::run, "follow-" + topic);
    thread.setDaemon(true);
  }

  @Override
  public void start() {
    thread.start();
  }

  @Override
  public Health health() {
    return caughtUp ? Health.UP : new Health.Down("topic " + topic, "not read to its end yet");
  }

  private void run() {
    while (stopping.getCount() > 0) {
      try (KafkaConsumer<byte[], byte[]> consumer =
          kafka.newAssignedConsumer(
              thread.getName(),
              IsolationLevel.READ_COMMITTED,
              Map.of("fetch.max.wait.ms", "100"))) {
        reading = consumer;
        follow(consumer);
      } catch (WakeupException | InterruptException e) {
        stopping.countDown();
      } catch (RuntimeException | Error e) {
        caughtUp = false;
        log.warn("following {} starts again: {}", topic, e.toString());
        pause();
      }
    }
  }

  private void pause() {
    try {
      stopping.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      stopping.countDown();
    }
  }

  private void follow(KafkaConsumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions = new ArrayList<>();
    consumer
        .partitionsFor(topic)
        .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    if (partitions.isEmpty()) {
      throw new KafkaException("topic " + topic + " does not exist");
    }
    consumer.assign(partitions);
    switch (from) {
      case BEGINNING -> consumer.seekToBeginning(partitions);
      case END -> consumer.seekToEnd(partitions);
    }
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    while (stopping.getCount() > 0) {
      caughtUp =
          caughtUp
              || ends.entrySet().stream()
                  .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
      consumer.poll(POLL).forEach(this::read);
    }
  }

  private void read(ConsumerRecord<byte[], byte[]> record) {
    try {
      reader.accept(record);
    } catch (RuntimeException | Error e) {
      log.warn("skipped {}-{}@{}: {}", topic, record.partition(), record.offset(), e.toString());
    }
  }

  @Override
  public void close() throws InterruptedException {
    stopping.countDown();
    KafkaConsumer<byte[], byte[]> consumer = reading;
    if (consumer != null) {
      consumer.wakeup();
    }
    thread.join();
  }
}
