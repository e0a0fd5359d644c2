package io.anyserve.loadtest.metering;

import com.google.protobuf.InvalidProtocolBufferException;
import io.anyserve.loadtest.LatencyRecorder;
import io.anyserve.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Counts the requests that have ended, one committed record each, in a thread of its own, and times
 * how long ago their ends were written.
 */
final class CompletionCounter implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Map<String, Object> COMMITTED = Map.of("max.poll.records", 5_000);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Stamp stamp;
  private final InFlightWindow flight;
  private final Stopwatch watch;
  private final Thread thread = new Thread(this::work, "bench-reader");
  private volatile LatencyRecorder lag = new LatencyRecorder();
  private volatile boolean closing;

  /** When, in microseconds, the end was handed to the producer. */
  @FunctionalInterface
  interface Stamp {
    long micros(byte[] value) throws InvalidProtocolBufferException;
  }

  CompletionCounter(
      KafkaClients kafka, String topic, Stamp stamp, InFlightWindow flight, Stopwatch watch) {
    this.consumer =
        kafka.newAssignedConsumer("bench-reader", IsolationLevel.READ_COMMITTED, COMMITTED);
    this.stamp = stamp;
    this.flight = flight;
    this.watch = watch;
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  void begin() {
    thread.start();
  }

  /** Where the lags of what is read from now on go. */
  LatencyRecorder anew() {
    LatencyRecorder next = new LatencyRecorder();
    lag = next;
    return next;
  }

  private void work() {
    try (consumer) {
      while (!closing) {
        take(consumer.poll(POLL));
      }
    } catch (KafkaException | InvalidProtocolBufferException e) {
      flight.fail(e);
    }
  }

  private void take(ConsumerRecords<byte[], byte[]> records) throws InvalidProtocolBufferException {
    LatencyRecorder now = lag;
    for (ConsumerRecord<byte[], byte[]> record : records) {
      now.record(watch.since(stamp.micros(record.value())));
    }
    flight.count(records.count());
  }

  @Override
  public void close() throws InterruptedException {
    closing = true;
    thread.join();
  }
}
