package io.anyserve.metering;

import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the {@link UsageFold} of one partition of {@code tokens} inside a transaction that is not
 * aware of it: the fold lives in memory, and the store holds nothing but the offset from which on
 * the log must be read back to have it again. That offset is written now and then; an older one
 * only means more to read. Owned by the thread of its task.
 */
final class FoldProcessor extends ContextualProcessor<byte[], byte[], byte[], Output> {

  static final String POSITIONS = "positions";
  static final Duration CHECKPOINT = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(FoldProcessor.class);
  private static final String READ_BACK_FROM = "read-back-from";

  private final Surroundings surroundings;

  /** A restarted task is given to {@link #init} again: everything that follows begins anew. */
  private UsageFold fold;

  private @Nullable KeyValueStore<String, Long> positions;
  private boolean ready;
  private long position;
  private long time;

  FoldProcessor(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.fold = emptyFold();
  }

  @Override
  public void init(ProcessorContext<byte[], Output> context) {
    super.init(context);
    fold = emptyFold();
    ready = false;
    positions = context.getStateStore(POSITIONS);
    context.schedule(CHECKPOINT, PunctuationType.WALL_CLOCK_TIME, _ -> checkpoint());
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    RecordMetadata at = context().recordMetadata().orElseThrow();
    if (!ready) {
      catchUp(new TopicPartition(at.topic(), at.partition()), at.offset());
    }
    Metered metered = fold.apply(record.key(), record.value(), at.offset(), record.timestamp());
    position = at.offset() + 1;
    time = record.timestamp();
    switch (metered) {
      case Metered.Quiet verdict -> surroundings.meters().event(verdict);
      case Metered.Line line -> post(record, line);
      case Metered.Rejected rejected -> reject(record, at, rejected);
    }
  }

  @Override
  public void close() {
    surroundings.meters().released(context().taskId().partition());
  }

  /** Brings the fold to where it stood before the record at that offset. */
  private void catchUp(TopicPartition partition, long offset) {
    KeyValueStore<String, Long> store = store();
    @Nullable Long from = store.get(READ_BACK_FROM);
    if (from == null || from > offset) {
      store.put(READ_BACK_FROM, offset);
    } else {
      readBack(partition, from, offset);
    }
    ready = true;
  }

  /** From earlier on, to know also what has ended shortly before. */
  private void readBack(TopicPartition partition, long from, long offset) {
    long begin = Math.max(0, from - surroundings.settings().rememberedRequests());
    long[] count = new long[1];
    surroundings
        .log()
        .read(
            partition,
            begin,
            offset,
            record -> {
              count[0]++;
              replay(record);
            });
    surroundings.meters().readBack(count[0]);
    log.info(
        "{}: read {} records back up to {}, {} requests in flight",
        partition,
        count[0],
        offset,
        fold.inFlight());
  }

  private void replay(ConsumerRecord<byte[], byte[]> record) {
    fold.apply(record.key(), record.value(), record.offset(), MeteringTopology.time(record));
  }

  private void post(Record<byte[], byte[]> record, Metered.Line metered) {
    Instant ended = metered.line().times().endedAt();
    surroundings
        .meters()
        .line(
            metered.line(),
            metered.drift(),
            Duration.between(ended, surroundings.clock().instant()));
    context()
        .forward(
            new Record<>(
                record.key(),
                new Output.Line(metered.line()),
                record.timestamp(),
                LedgerHeaders.of(metered.line())));
  }

  private void reject(Record<byte[], byte[]> record, RecordMetadata at, Metered.Rejected rejected) {
    surroundings.meters().rejected(rejected.reason());
    log.debug("rejected {}-{}@{}", at.topic(), at.partition(), at.offset(), rejected.cause());
    context().forward(UncountedRecord.letter(record, at, rejected.cause()));
  }

  private void checkpoint() {
    if (!ready) {
      return;
    }
    long tooOld = time - surroundings.settings().retention().toMillis();
    surroundings.meters().purged(fold.purge(tooOld));
    surroundings.meters().inFlight(context().taskId().partition(), fold.inFlight());
    long from = fold.oldestOffset().orElse(position);
    KeyValueStore<String, Long> store = store();
    if (!Long.valueOf(from).equals(store.get(READ_BACK_FROM))) {
      store.put(READ_BACK_FROM, from);
    }
  }

  private UsageFold emptyFold() {
    return new UsageFold(surroundings.settings().rememberedRequests());
  }

  private KeyValueStore<String, Long> store() {
    if (positions == null) {
      throw new IllegalStateException("positions: none (expected: init before)");
    }
    return positions;
  }
}
