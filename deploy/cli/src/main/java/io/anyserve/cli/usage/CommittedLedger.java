package io.anyserve.cli.usage;

import io.anyserve.cli.options.KafkaOptions;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.LedgerDeduplicator;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.runtime.kafka.PartitionRangeReader;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/** Reads the ledger: what is committed, each line once. */
final class CommittedLedger implements AutoCloseable {

  private final String topic;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final PartitionRangeReader range;

  CommittedLedger(KafkaOptions kafka) {
    topic = kafka.topics().usage();
    consumer =
        kafka
            .settings()
            .newAssignedConsumer("anyserve-usage", IsolationLevel.READ_COMMITTED, Map.of());
    range = new PartitionRangeReader(consumer);
  }

  /**
   * Hands over every line that ended at that time or later, and some that ended before.
   *
   * @param malformed told what could not be read, and where
   */
  void read(Instant from, Consumer<LedgerEntry> reader, Consumer<String> malformed) {
    LedgerDeduplicator repeated = new LedgerDeduplicator();
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
      ConsumerRecord<byte[], byte[]> record,
      LedgerDeduplicator repeated,
      Consumer<LedgerEntry> reader) {
    LedgerEntry entry = UsageCodec.decodeEntry(record.value());
    if (!repeated.repeated(record.partition(), entry)) {
      reader.accept(entry);
    }
  }

  @Override
  public void close() {
    range.close();
  }
}
