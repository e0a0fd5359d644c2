package io.anyserve.metering.export;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;

/** Consumers of the topic {@code usage} that share its partitions with all other instances. */
record LedgerConsumer(KafkaClients kafka, TopicNames topics, String sink) {

  /** Begins where the group has come to; with the oldest entry the first time. */
  KafkaConsumer<byte[], byte[]> open(int batch, long longestStepMillis) {
    String group = topics.prefix() + "metering.export." + sink;
    KafkaConsumer<byte[], byte[]> consumer =
        kafka.newAssignedConsumer(
            "metering-export-" + sink,
            IsolationLevel.READ_COMMITTED,
            Map.of(
                "group.id",
                group,
                "session.timeout.ms",
                "10000",
                "max.poll.records",
                Integer.toString(batch),
                "max.poll.interval.ms",
                Long.toString(longestStepMillis)));
    consumer.subscribe(List.of(topics.usage()));
    return consumer;
  }

  static long lag(Consumer<byte[], byte[]> consumer) {
    return consumer.assignment().stream()
        .mapToLong(partition -> consumer.currentLag(partition).orElse(0))
        .sum();
  }
}
