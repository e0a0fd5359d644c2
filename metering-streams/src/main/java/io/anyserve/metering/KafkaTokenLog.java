package io.anyserve.metering;

import io.anyserve.contracts.log.KafkaSettings;
import io.anyserve.contracts.log.LogRange;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** The log as a consumer sees it that lives for one reading. */
record KafkaTokenLog(KafkaSettings kafka) implements TokenLog {

  /** Sees the same records as the consumer of Kafka Streams, should anybody use transactions. */
  private static final Map<String, String> SETTINGS =
      Map.of("max.poll.records", "10000", "isolation.level", "read_committed");

  @Override
  public void read(
      TopicPartition partition,
      long from,
      long end,
      Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    try (LogRange range = new LogRange(kafka.reader("metering-" + partition, SETTINGS))) {
      range.read(partition, from, end, reader);
    }
  }
}
