package io.anyserve.metering.query.ledger;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.SourceWatermarks;
import io.anyserve.runtime.kafka.PartitionOffsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One scan of the ledger, partition after partition. A partition has its entries in the order in
 * which they were counted, which is almost that of their times: the scan begins at the first entry
 * that may be in the range, and ends where no entry of the range can follow. Owned by one thread.
 */
final class LedgerScanner {

  private static final Logger log = LoggerFactory.getLogger(LedgerScanner.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration STALLED = Duration.ofSeconds(20);

  /** A cursor with more of them would not fit into an address. */
  private static final int MOST_MARKS = 100;

  /** How far the clocks of brokers may be apart. */
  private static final Duration CLOCKS = Duration.ofMinutes(1);

  /**
   * When to stop before the end: whichever comes first.
   *
   * @param entries that fit
   * @param bytes of them
   * @param records looked at
   * @param nanos that it took
   */
  record Bounds(long entries, long bytes, long records, long nanos) {

    static final Bounds NONE =
        new Bounds(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
  }

  /**
   * What is scanned.
   *
   * @param latest how long after a request's end its entry may be written
   */
  record Target(String topic, List<Integer> partitions, LedgerQuery query, Duration latest) {}

  private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> reader;
  private final Target target;
  private final Bounds bounds;
  private final LongSupplier nanos;
  private final long began;
  private SourceWatermarks seen = new SourceWatermarks(List.of());
  private long entries;
  private long bytes;
  private long records;

  LedgerScanner(
      org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> reader,
      Target target,
      Bounds bounds,
      LongSupplier nanos) {
    this.reader = reader;
    this.target = target;
    this.bounds = bounds;
    this.nanos = nanos;
    this.began = nanos.getAsLong();
  }

  /** Where to go on; empty when everything was handed over. */
  Optional<LedgerPageToken> read(Consumer<LedgerEntry> consumer) {
    int first = target.query().cursor().map(LedgerPageToken::partition).orElse(0);
    for (int partition : target.partitions()) {
      if (partition >= first) {
        Optional<LedgerPageToken> next =
            read(new TopicPartition(target.topic(), partition), consumer);
        if (next.isPresent()) {
          return next;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<LedgerPageToken> read(TopicPartition partition, Consumer<LedgerEntry> consumer) {
    reader.assign(List.of(partition));
    long end = offsets(partition).at(target.query().range().to().plus(target.latest()));
    Optional<LedgerPageToken> cursor =
        target.query().cursor().filter(found -> found.partition() == partition.partition());
    seen = new SourceWatermarks(cursor.map(LedgerPageToken::seen).orElse(List.of()));
    reader.seek(partition, start(partition, cursor));
    long moved = nanos.getAsLong();
    while (reader.position(partition) < end) {
      var some = reader.poll(POLL);
      moved = some.isEmpty() ? stillAlive(moved) : nanos.getAsLong();
      for (var record : some) {
        if (record.offset() >= end) {
          return Optional.empty();
        }
        take(record, consumer);
        if (spent()) {
          return Optional.of(place(partition, record.offset() + 1));
        }
      }
      if (nanos.getAsLong() - began > bounds.nanos()) {
        return Optional.of(place(partition, reader.position(partition)));
      }
    }
    return Optional.empty();
  }

  private LedgerPageToken place(TopicPartition partition, long next) {
    var marks = seen.marks().stream().limit(MOST_MARKS).toList();
    return new LedgerPageToken(partition.partition(), next, marks);
  }

  private long stillAlive(long moved) {
    if (nanos.getAsLong() - moved > STALLED.toNanos()) {
      throw new FailureException(
          FailureCode.BROKER_UNAVAILABLE, "usage: nothing came for " + STALLED);
    }
    return moved;
  }

  private boolean spent() {
    return entries >= bounds.entries() || bytes >= bounds.bytes() || records >= bounds.records();
  }

  private void take(ConsumerRecord<byte[], byte[]> record, Consumer<LedgerEntry> consumer) {
    records++;
    try {
      LedgerEntry entry = UsageCodec.decodeEntry(record.value());
      if (seen.advance(entry) && target.query().matches(entry)) {
        entries++;
        bytes += record.serializedValueSize();
        consumer.accept(entry);
      }
    } catch (MalformedRecordException e) {
      log.debug("not a ledger entry at offset {}", record.offset(), e);
    }
  }

  /** Not before what is kept. */
  private long start(TopicPartition partition, Optional<LedgerPageToken> cursor) {
    long oldest = offsets(partition).beginning();
    Instant from = target.query().range().from().minus(CLOCKS);
    return Math.max(
        oldest, cursor.map(LedgerPageToken::offset).orElseGet(() -> offsets(partition).at(from)));
  }

  private PartitionOffsets offsets(TopicPartition partition) {
    return new PartitionOffsets(reader, partition);
  }
}
