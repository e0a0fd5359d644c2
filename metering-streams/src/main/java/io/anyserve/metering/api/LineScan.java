package io.anyserve.metering.api;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.event.UsageLine;
import io.anyserve.contracts.wire.MalformedRecordException;
import io.anyserve.contracts.wire.UsageWire;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One walk through the ledger, partition after partition. Lines lie in the order in which they were
 * counted, which is not quite that of their times: a walk begins at the first line that may be in the
 * range, and ends where no line of the range can follow. One thread.
 */
final class LineScan {

  private static final Logger log = LoggerFactory.getLogger(LineScan.class);
  private static final Duration POLL = Duration.ofMillis(200);

  /** How far the clocks of brokers may be apart. */
  private static final Duration CLOCKS = Duration.ofMinutes(1);

  private static final Duration STALLED = Duration.ofSeconds(20);

  /**
   * When to stop before the end.
   *
   * @param lines that fit
   * @param records looked at
   * @param deadline by the nanosecond clock; what was read by then is handed over
   */
  record Bounds(long lines, long records, long deadline) {

    /** Lines without a bound would not fit into an answer; half a page of them always does. */
    private static final int MOST_BYTES = 2 << 20;

    static final Bounds NONE = new Bounds(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);

    boolean bytesSpent(long bytes) {
      return lines != Long.MAX_VALUE && bytes >= MOST_BYTES;
    }
  }

  private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> reader;
  private final String topic;
  private final List<Integer> partitions;
  private final LineQuery query;
  private final Duration latest;
  private final LongSupplier nanos;
  private long lines;
  private long records;
  private long bytes;

  LineScan(
      org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> reader,
      String topic,
      List<Integer> partitions,
      LineQuery query,
      Duration latest,
      LongSupplier nanos) {
    this.reader = reader;
    this.topic = topic;
    this.partitions = partitions;
    this.query = query;
    this.latest = latest;
    this.nanos = nanos;
  }

  /** Where to go on; empty when everything was handed over. */
  Optional<LineCursor> read(Consumer<UsageLine> consumer, Bounds bounds) {
    int first = query.cursor().map(LineCursor::partition).orElse(0);
    for (int partition : partitions) {
      if (partition >= first) {
        Optional<LineCursor> next = read(new TopicPartition(topic, partition), consumer, bounds);
        if (next.isPresent()) {
          return next;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<LineCursor> read(
      TopicPartition partition, Consumer<UsageLine> consumer, Bounds bounds) {
    reader.assign(List.of(partition));
    long end = end(partition);
    reader.seek(partition, start(partition));
    long moved = nanos.getAsLong();
    while (reader.position(partition) < end) {
      var some = reader.poll(POLL);
      moved = some.isEmpty() ? stillAlive(moved) : nanos.getAsLong();
      for (var record : some) {
        if (record.offset() >= end) {
          return Optional.empty();
        }
        take(record, consumer);
        if (spent(bounds)) {
          return Optional.of(new LineCursor(partition.partition(), record.offset() + 1));
        }
      }
      if (bounds.deadline() != Long.MAX_VALUE && nanos.getAsLong() - bounds.deadline() > 0) {
        return Optional.of(new LineCursor(partition.partition(), reader.position(partition)));
      }
    }
    return Optional.empty();
  }

  private long stillAlive(long moved) {
    if (nanos.getAsLong() - moved > STALLED.toNanos()) {
      throw new FailureException(
          FailureCode.BROKER_UNAVAILABLE, "usage: nothing came for " + STALLED);
    }
    return moved;
  }

  private boolean spent(Bounds bounds) {
    return lines >= bounds.lines() || records >= bounds.records() || bounds.bytesSpent(bytes);
  }

  private void take(ConsumerRecord<byte[], byte[]> record, Consumer<UsageLine> consumer) {
    records++;
    try {
      UsageLine line = UsageWire.decodeLine(record.value());
      if (query.matches(line)) {
        lines++;
        bytes += record.serializedValueSize();
        consumer.accept(line);
      }
    } catch (MalformedRecordException e) {
      log.debug("not a ledger line at offset {}", record.offset(), e);
    }
  }

  /** Not before what is kept; a cursor of this partition says it better than the time. */
  private long start(TopicPartition partition) {
    long oldest = reader.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
    long wanted =
        query
            .cursor()
            .filter(cursor -> cursor.partition() == partition.partition())
            .map(LineCursor::offset)
            .orElseGet(() -> at(partition, query.range().from().minus(CLOCKS)));
    return Math.max(oldest, wanted);
  }

  private long end(TopicPartition partition) {
    return at(partition, query.range().to().plus(latest));
  }

  /** The first offset with that time or a later one; the end where there is none. */
  private long at(TopicPartition partition, Instant time) {
    long millis = Math.max(0, time.toEpochMilli());
    @Nullable OffsetAndTimestamp found =
        reader.offsetsForTimes(Map.of(partition, millis)).get(partition);
    return found == null
        ? reader.endOffsets(List.of(partition)).getOrDefault(partition, 0L)
        : found.offset();
  }
}
