package io.anyserve.router.results;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.runtime.kafka.SeekableLogReader;
import io.anyserve.runtime.streams.DelayedPunctuation;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores where the ledger entry of each request lies, without decoding it. The store has no change
 * log, as the ledger is one: entries that a crash or a new disk lost are read back in pieces,
 * between new ones. The store loses only what was put last, so a mark found in it says that all
 * entries before it are there. A stream thread's.
 */
@SuppressWarnings("NullAway.Init") // init comes before the first record
final class LedgerProcessor implements Processor<byte[], byte[], Void, Void> {

  static final Duration INTERVAL = Duration.ofSeconds(1);

  /** Old entries are forgotten that often when no new ones come. */
  static final Duration FORGET = Duration.ofMinutes(5);

  /** Records read back, or forgotten, in one interval. */
  static final int PIECE = 50_000;

  private static final Logger log = LoggerFactory.getLogger(LedgerProcessor.class);

  private final String topic;
  private final SeekableLogReader past;
  private ProcessorContext<Void, Void> context;
  private KeyValueStore<Bytes, byte[]> store;
  private TopicPartition partition;
  private DelayedPunctuation working;
  private long position;
  private @Nullable Missing missing;

  /** Old entries up to here are forgotten. */
  private @Nullable Bytes forgotten;

  /** The offsets of the ledger that are still to be read back. */
  private record Missing(long from, long end) {

    boolean none() {
      return from >= end;
    }
  }

  LedgerProcessor(String topic, SeekableLogReader past) {
    this.topic = topic;
    this.past = past;
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    this.context = context;
    store = context.getStateStore(ResultsTopology.LEDGER);
    partition = new TopicPartition(topic, context.taskId().partition());
    position = 0;
    missing = null;
    forgotten = null;
    working = new DelayedPunctuation(context, INTERVAL, this::work);
    working.request();
    context.schedule(FORGET, PunctuationType.WALL_CLOCK_TIME, this::forget);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    long offset = context.recordMetadata().orElseThrow().offset();
    note(record.key(), offset, record.timestamp());
    position = offset + 1;
    working.request();
  }

  private void note(byte @Nullable [] key, long offset, long at) {
    if (key != null && key.length == RequestId.BYTES) {
      store.put(LedgerIndex.key(at, key), LedgerIndex.value(position(offset)));
    }
  }

  private void work(long now) {
    try {
      complete(now);
    } catch (KafkaException e) {
      log.warn("{}: failed to read back; retrying: {}", partition, e.toString());
    }
    forget(now);
    if (missing == null || !missing.none()) {
      working.request();
    }
  }

  private void complete(long now) {
    Missing left = missing == null ? missing(now) : missing;
    missing = left.none() ? left : readBack(left);
    if (missing.none()) {
      mark();
    }
  }

  /** What the store may lack: all from the mark on, or everything that is kept. */
  private Missing missing(long now) {
    byte @Nullable [] mark = store.get(LedgerIndex.MARKER);
    Instant oldest = Instant.ofEpochMilli(now).minus(LedgerIndex.KEPT);
    long kept = past.offsetAt(partition, oldest);
    long from = mark == null ? 0 : LedgerIndex.position(topic, mark).offset();
    long end = past.end(partition);
    position = Math.max(position, end);
    return new Missing(Math.max(from, kept), end);
  }

  private Missing readBack(Missing left) {
    long end = Math.min(left.end(), left.from() + PIECE);
    past.read(partition, left.from(), end, this::replay);
    return new Missing(end, left.end());
  }

  private void replay(ConsumerRecord<byte[], byte[]> record) {
    note(record.key(), record.offset(), Math.max(0, record.timestamp()));
  }

  private void mark() {
    byte[] mark = LedgerIndex.value(position(position));
    store.put(LedgerIndex.MARKER, mark);
  }

  private void forget(long now) {
    Bytes oldest = LedgerIndex.oldest(now);
    int count = 0;
    try (KeyValueIterator<Bytes, byte[]> old = store.range(forgotten, oldest)) {
      while (old.hasNext() && count < PIECE) {
        forgotten = old.next().key;
        store.delete(forgotten);
        count++;
      }
    }
    if (count == PIECE) {
      working.request();
    }
  }

  private TopicOffset position(long offset) {
    return new TopicOffset(topic, partition.partition(), offset);
  }
}
