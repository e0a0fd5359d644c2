package io.anyserve.worker.consume;

import io.anyserve.contracts.TopicOffset;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/**
 * A share consumer as Kafka's behaves: a poll with records that are not acknowledged is refused,
 * acknowledgements are sent with the next poll or commit.
 */
final class FakeWorkSource implements RecordSource {

  private final Queue<List<ConsumerRecord<byte[], byte[]>>> batches = new ArrayDeque<>();
  private final Map<Long, ConsumerRecord<byte[], byte[]>> held = new LinkedHashMap<>();
  private final Map<Long, AcknowledgeType> unsent = new LinkedHashMap<>();
  private final List<String> sent = new ArrayList<>();
  private final List<TopicOffset> refused = new ArrayList<>();
  private Runnable beforePoll = () -> {};
  private final AtomicInteger polls = new AtomicInteger();
  private boolean closed;
  private volatile boolean lost;

  /** What one of the next polls brings. */
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

  /** Called with each poll. */
  void beforePoll(Runnable action) {
    beforePoll = action;
  }

  /** What the broker heard: "offset TYPE". */
  List<String> sent() {
    return sent;
  }

  /** What it has not heard yet of what was acknowledged. */
  int unsent() {
    return unsent.size();
  }

  int polls() {
    return polls.get();
  }

  boolean closed() {
    return closed;
  }

  @Override
  public List<ConsumerRecord<byte[], byte[]>> poll(Duration longest) {
    beforePoll.run();
    if (!held.isEmpty()) {
      throw new IllegalStateException("All records must be acknowledged");
    }
    commit();
    List<ConsumerRecord<byte[], byte[]>> batch = batches.poll();
    List<ConsumerRecord<byte[], byte[]>> records = batch == null ? List.of() : batch;
    records.forEach(record -> held.put(record.offset(), record));
    polls.incrementAndGet();
    return records;
  }

  @Override
  public void acknowledge(ConsumerRecord<byte[], byte[]> record, AcknowledgeType type) {
    if (held.remove(record.offset()) == null) {
      throw new IllegalStateException("The record cannot be acknowledged.");
    }
    unsent.put(record.offset(), type);
  }

  @Override
  public void commit() {
    unsent.forEach((offset, type) -> sent.add(offset + " " + type.name()));
    unsent.clear();
  }

  /** The broker did not take the acknowledgement of that record. */
  void refuse(long offset) {
    refused.add(new TopicOffset("requests", 0, offset));
  }

  @Override
  public List<TopicOffset> refused() {
    List<TopicOffset> since = List.copyOf(refused);
    refused.clear();
    return since;
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
    if (lost) {
      unsent.keySet().forEach(this::refuse);
    } else {
      commit();
    }
    closed = true;
  }
}
