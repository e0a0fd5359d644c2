package io.anyserve.cli.request;

import io.anyserve.cli.options.KafkaOptions;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.RequestResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** Reads the topic {@code results}. */
final class ResultsReader implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;

  ResultsReader(KafkaOptions kafka) {
    String topic = kafka.topics().results();
    consumer =
        kafka
            .settings()
            .newAssignedConsumer("anyserve-results", IsolationLevel.READ_COMMITTED, Map.of());
    partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    consumer.assign(partitions);
  }

  /** Positions behind everything that is there. */
  void fromEnd() {
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
  }

  void fromBeginning() {
    consumer.seekToBeginning(partitions);
  }

  /** True until everything that was there at the first call is read. */
  boolean behind(Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue());
  }

  Map<TopicPartition, Long> ends() {
    return consumer.endOffsets(Set.copyOf(partitions));
  }

  List<RequestResult> poll() {
    List<RequestResult> results = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
      try {
        results.add(UsageCodec.decodeResult(record.value()));
      } catch (MalformedRecordException _) {
        // a foreign record on the topic is nobody's result
      }
    }
    return results;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
