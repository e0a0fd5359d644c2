package io.anyserve.loadtest.metering;

import io.anyserve.contracts.event.UsageLine;
import io.anyserve.contracts.log.KafkaSettings;
import io.anyserve.contracts.log.LogRange;
import io.anyserve.contracts.wire.UsageWire;
import java.util.BitSet;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/** Sums of all committed lines of a ledger that only the load has written to. */
final class LedgerSums {

  private final BitSet requests = new BitSet();
  private long lines;
  private long tokens;

  /** Reads the ledger from its beginning to where it ends now. */
  static LedgerSums of(KafkaSettings kafka, String topic) {
    LedgerSums sums = new LedgerSums();
    KafkaConsumer<byte[], byte[]> consumer =
        kafka.reader("bench-sums", IsolationLevel.READ_COMMITTED, Map.of());
    try (LogRange range = new LogRange(consumer)) {
      for (PartitionInfo info : consumer.partitionsFor(topic)) {
        var partition = new TopicPartition(topic, info.partition());
        range.read(
            partition,
            0,
            range.end(partition),
            record -> sums.add(UsageWire.decodeLine(record.value())));
      }
    }
    return sums;
  }

  void add(UsageLine line) {
    requests.set(Math.toIntExact(Script.number(line.request())));
    lines++;
    tokens += line.usage().completion();
  }

  MeteringReport.Ledger against(long written) {
    return new MeteringReport.Ledger(
        written, requests.cardinality(), lines, written * Script.CHUNKS, tokens);
  }
}
