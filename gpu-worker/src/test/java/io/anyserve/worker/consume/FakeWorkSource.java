package io.anyserve.worker.consume;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/**
 * A share consumer as Kafka's behaves: a poll with records that are not acknowledged is refused,
 * acknowledgements are sent with the next poll or commit, a renewed record comes back alone, with
 * the poll after next.
 */
final class FakeWorkSource implements RecordSource {

  private final Queue<List<ConsumerRecord<byte[], byte[]>>> batches = new ArrayDeque<>();
  private final Queue<ConsumerRecord<byte[], byte[]>> meanwhile = new ArrayDeque<>();
  private final Map<Long, ConsumerRecord<byte[], byte[]>> held = new LinkedHashMap<>();
  private final Map<Long, AcknowledgeType> unsent = new LinkedHashMap<>();
  private final Map<Long, ConsumerRecord<byte[], byte[]>> renewed = new LinkedHashMap<>();
  private final List<String> sent = new ArrayList<>();
  private Duration maxWait = Duration.ZERO;
  private Runnable beforePoll = () -> {};
  private boolean losesLocks;
  private boolean renewedNow;
  private boolean closed;
  private boolean lost;

  /** A batch for one of the next polls. */
  void add(long... offsets) {
    List<ConsumerRecord<byte[], byte[]>> batch = new ArrayList<>();
    for (long offset : offsets) {
      batch.add(record(offset, 1));
    }
    batches.add(batch);
  }

  static ConsumerRecord<byte[], byte[]> record(long offset, int deliveries) {
    return new ConsumerRecord<>(
        "requests",
        0,
        offset,
        0L,
        TimestampType.LOG_APPEND_TIME,
        0,
        0,
        new byte[0],
        new byte[] {(byte) offset},
        new RecordHeaders(),
        Optional.empty(),
        Optional.of((short) deliveries));
  }

  /** A batch that comes while renewed records are still on their way back. */
  void addMeanwhile(long offset) {
    meanwhile.add(record(offset, 1));
  }

  /** Renewed records never come back. */
  void loseLocks() {
    losesLocks = true;
  }

  /** Called with each poll. */
  void beforePoll(Runnable action) {
    beforePoll = action;
  }

  /** What the broker heard: "offset TYPE". */
  List<String> sent() {
    return sent;
  }

  /** Of the last poll. */
  Duration maxWait() {
    return maxWait;
  }

  boolean closed() {
    return closed;
  }

  @Override
  public List<ConsumerRecord<byte[], byte[]>> poll(Duration longest) {
    beforePoll.run();
    maxWait = longest;
    if (!held.isEmpty()) {
      throw new IllegalStateException("All records must be acknowledged");
    }
    boolean comesBack = renewedNow;
    commit();
    if (!renewed.isEmpty()) {
      renewedNow = true;
      ConsumerRecord<byte[], byte[]> other = meanwhile.poll();
      if (other != null) {
        held.put(other.offset(), other);
        return List.of(other);
      }
      return comesBack && !losesLocks ? comeBack() : List.of();
    }
    List<ConsumerRecord<byte[], byte[]>> batch = batches.poll();
    List<ConsumerRecord<byte[], byte[]>> records = batch == null ? List.of() : batch;
    records.forEach(record -> held.put(record.offset(), record));
    return records;
  }

  private List<ConsumerRecord<byte[], byte[]>> comeBack() {
    List<ConsumerRecord<byte[], byte[]>> back = List.copyOf(renewed.values());
    held.putAll(renewed);
    renewed.clear();
    renewedNow = false;
    return back;
  }

  @Override
  public void acknowledge(ConsumerRecord<byte[], byte[]> record, AcknowledgeType type) {
    if (held.remove(record.offset()) == null) {
      throw new IllegalStateException("The record cannot be acknowledged.");
    }
    unsent.put(record.offset(), type);
    if (type == AcknowledgeType.RENEW) {
      renewed.put(record.offset(), record);
    }
  }

  @Override
  public void commit() {
    unsent.forEach((offset, type) -> sent.add(offset + " " + type.name()));
    unsent.clear();
  }

  /** Its broker is gone. */
  void loseBroker() {
    lost = true;
  }

  @Override
  public boolean lost() {
    return lost;
  }

  @Override
  public void wake() {}

  @Override
  public void close() {
    commit();
    closed = true;
  }
}
