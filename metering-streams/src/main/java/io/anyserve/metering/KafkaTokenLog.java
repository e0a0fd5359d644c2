package io.anyserve.metering;

import io.anyserve.contracts.log.KafkaSettings;
import io.anyserve.contracts.log.LogRange;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** The log as a consumer sees it that lives for one reading. */
record KafkaTokenLog(KafkaSettings kafka) implements TokenLog {

  private static final Map<String, String> LARGE_POLLS = Map.of("max.poll.records", "10000");

  @Override
  public void read(
      TopicPartition partition,
      long from,
      long end,
      Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    try (LogRange range = new LogRange(kafka.reader("metering-" + partition, LARGE_POLLS))) {
      range.read(partition, from, end, reader);
    }
  }
}
