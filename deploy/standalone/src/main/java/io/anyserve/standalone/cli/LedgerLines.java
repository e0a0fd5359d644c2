package io.anyserve.standalone.cli;

import io.anyserve.contracts.event.RepeatedLines;
import io.anyserve.contracts.event.UsageLine;
import io.anyserve.contracts.log.LogRange;
import io.anyserve.contracts.wire.MalformedRecordException;
import io.anyserve.contracts.wire.UsageWire;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/** Reads the ledger: what is committed, each line once. */
final class LedgerLines implements AutoCloseable {

  private final String topic;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final LogRange range;

  LedgerLines(KafkaOptions kafka) {
    topic = kafka.topics().usage();
    consumer = kafka.settings().reader("anyserve-usage", IsolationLevel.READ_COMMITTED, Map.of());
    range = new LogRange(consumer);
  }

  /**
   * Hands over every line that ended at that time or later, and some that ended before.
   *
   * @param malformed told what could not be read, and where
   */
  void read(Instant from, Consumer<UsageLine> reader, Consumer<String> malformed) {
    RepeatedLines repeated = new RepeatedLines();
    for (PartitionInfo info : consumer.partitionsFor(topic)) {
      var partition = new TopicPartition(topic, info.partition());
      range.read(
          partition,
          range.offsetAt(partition, from),
          range.end(partition),
          record -> {
            try {
              take(record, repeated, reader);
            } catch (MalformedRecordException e) {
              malformed.accept(partition + "@" + record.offset() + ": " + e.getMessage());
            }
          });
    }
  }

  private static void take(
      ConsumerRecord<byte[], byte[]> record, RepeatedLines repeated, Consumer<UsageLine> reader) {
    UsageLine line = UsageWire.decodeLine(record.value());
    if (!repeated.repeated(record.partition(), line)) {
      reader.accept(line);
    }
  }

  @Override
  public void close() {
    range.close();
  }
}
