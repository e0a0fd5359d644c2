package io.anyserve.loadtest.metering;

import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.PartitionRangeReader;
import java.util.BitSet;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/** Sums of all committed lines of a ledger that only the load has written to. */
final class LedgerTotals {

  private final BitSet requests = new BitSet();
  private long lines;
  private long tokens;

  /** Reads the ledger from its beginning to where it ends now. */
  static LedgerTotals of(KafkaClients kafka, String topic) {
    LedgerTotals sums = new LedgerTotals();
    KafkaConsumer<byte[], byte[]> consumer =
        kafka.newAssignedConsumer("bench-sums", IsolationLevel.READ_COMMITTED, Map.of());
    try (PartitionRangeReader range = new PartitionRangeReader(consumer)) {
      for (PartitionInfo info : consumer.partitionsFor(topic)) {
        var partition = new TopicPartition(topic, info.partition());
        range.read(
            partition,
            0,
            range.end(partition),
            record -> sums.add(UsageCodec.decodeEntry(record.value())));
      }
    }
    return sums;
  }

  void add(LedgerEntry entry) {
    requests.set(Math.toIntExact(RequestTemplate.number(entry.request())));
    lines++;
    tokens += entry.usage().completion();
  }

  MeteringReport.Ledger against(long written) {
    return new MeteringReport.Ledger(
        written, requests.cardinality(), lines, written * RequestTemplate.CHUNKS, tokens);
  }
}
