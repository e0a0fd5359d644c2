package io.anyserve.ingress.kafka;

import io.anyserve.contracts.ReplyTo;
import io.anyserve.ingress.response.AssignedPartitions;
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.ingress.response.ResponseStreams.Received;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads this ingress's partitions of {@code tokens} step by step, and those of other ingresses as
 * long as a caller that resumed here has a stream there. Owned by one thread.
 */
final class TokenConsumer {

  private static final Logger log = LoggerFactory.getLogger(TokenConsumer.class);

  private final Consumer<byte[], byte[]> consumer;
  private final String topic;
  private final ResponseStreams streams;
  private final AssignedPartitions partitions;
  private final TokenConsumerMetrics meters;
  private List<TopicPartition> own = List.of();

  TokenConsumer(
      Consumer<byte[], byte[]> consumer,
      String topic,
      ResponseStreams streams,
      AssignedPartitions partitions,
      TokenConsumerMetrics meters) {
    this.consumer = consumer;
    this.topic = topic;
    this.streams = streams;
    this.partitions = partitions;
    this.meters = meters;
  }

  /**
   * Chooses {@code count} partitions by the hash of the instance's name and begins at their ends,
   * or where an earlier reader of this process stopped; what that one followed is followed on.
   */
  void begin(String instance, int count, Map<TopicPartition, Long> reached) {
    int existing = consumer.partitionsFor(topic).size();
    if (existing == 0) {
      throw new KafkaException("topic " + topic + " does not exist");
    }
    List<TopicPartition> chosen = choose(instance, count, existing);
    own = chosen;
    assign(reached);
    List<ReplyTo> starts = new ArrayList<>();
    for (TopicPartition partition : chosen) {
      Long earlier = reached.get(partition);
      if (earlier == null) {
        consumer.seekToEnd(List.of(partition));
      } else {
        consumer.seek(partition, earlier);
      }
      long start = consumer.position(partition);
      reached.put(partition, start);
      starts.add(new ReplyTo(partition.partition(), start));
    }
    partitions.begin(starts);
    reached.forEach(
        (partition, next) -> {
          if (!own.contains(partition)) {
            consumer.seek(partition, next);
          }
        });
  }

  private void assign(Map<TopicPartition, Long> reached) {
    List<TopicPartition> all = new ArrayList<>(own);
    all.addAll(followed(reached));
    consumer.assign(all);
  }

  private List<TopicPartition> followed(Map<TopicPartition, Long> reached) {
    return reached.keySet().stream().filter(partition -> !own.contains(partition)).toList();
  }

  /** Reads what was asked for, too. */
  private void follow(Map<TopicPartition, Long> reached) {
    List<ReplyTo> asked =
        partitions.takeAsked().stream()
            .filter(address -> !reached.containsKey(of(address.partition())))
            .toList();
    asked.forEach(address -> reached.put(of(address.partition()), address.fromOffset()));
    assign(reached);
    asked.forEach(address -> consumer.seek(of(address.partition()), address.fromOffset()));
  }

  /** Says that it reads a partition as soon as the brokers have answered for it. */
  private void begun(Map<TopicPartition, Long> reached) {
    reached.forEach(
        (partition, next) -> {
          if (partitions.reached(partition.partition()) == AssignedPartitions.NOT_READ
              && consumer.currentLag(partition).isPresent()) {
            partitions.reached(partition.partition(), next);
          }
        });
  }

  /**
   * Stops reading the partitions of other ingresses on which no caller of this one has a stream. A
   * reader that came meanwhile may already count on the live events: then it is read on.
   */
  void forgetUnread(Map<TopicPartition, Long> reached) {
    boolean forgotten = false;
    for (TopicPartition partition : followed(reached)) {
      if (streams.reads(partition.partition())) {
        continue;
      }
      long before = partitions.reached(partition.partition());
      partitions.forget(partition.partition());
      if (!streams.reads(partition.partition())) {
        reached.remove(partition);
        forgotten = true;
      } else if (before != AssignedPartitions.NOT_READ) {
        partitions.reached(partition.partition(), before);
      }
    }
    if (forgotten) {
      assign(reached);
    }
  }

  private TopicPartition of(int partition) {
    return new TopicPartition(topic, partition);
  }

  private List<TopicPartition> choose(String instance, int count, int existing) {
    int first = Math.floorMod(instance.hashCode(), existing);
    List<TopicPartition> chosen = new ArrayList<>();
    for (int i = 0; i < Math.min(count, existing); i++) {
      chosen.add(new TopicPartition(topic, (first + i) % existing));
    }
    return chosen;
  }

  /**
   * Hands over what comes within {@code wait}; returns the number of records. Where it has come is
   * told before: a reader that is opened meanwhile may have missed what lies before that place.
   */
  int step(Duration wait, Map<TopicPartition, Long> reached) {
    int ours = 0;
    int foreign = 0;
    int malformed = 0;
    if (partitions.isAsked()) {
      follow(reached);
    }
    var records = consumer.poll(wait);
    for (TopicPartition partition : records.partitions()) {
      List<ConsumerRecord<byte[], byte[]>> batch = records.records(partition);
      long next = batch.getLast().offset() + 1;
      partitions.reached(partition.partition(), next);
      for (ConsumerRecord<byte[], byte[]> record : batch) {
        switch (receive(record)) {
          case OURS -> ours++;
          case FOREIGN -> foreign++;
          case MALFORMED -> malformed++;
        }
      }
      reached.put(partition, next);
    }
    if (reached.size() > own.size()) {
      begun(reached);
    }
    if (!records.isEmpty()) {
      meters.read(ours, foreign, malformed);
    }
    return records.count();
  }

  /** Whatever a record does, the ones after it are read: it would do the same again. */
  private Received receive(ConsumerRecord<byte[], byte[]> record) {
    try {
      return streams.receive(
          record.partition(), record.offset(), record.timestamp(), record.key(), record.value());
    } catch (RuntimeException | Error e) {
      log.error(
          "Failed to process {}-{}@{}; the record is skipped",
          topic,
          record.partition(),
          record.offset(),
          e);
      return Received.MALFORMED;
    }
  }

  /** Answers of the brokers so far; they come at least twice a second, with or without records. */
  double answers() {
    for (Metric metric : consumer.metrics().values()) {
      var name = metric.metricName();
      if (name.name().equals("fetch-total") && name.tags().size() == 1) {
        return metric.metricValue() instanceof Double count ? count : 0;
      }
    }
    return 0;
  }
}
