package io.anyserve.metering;

import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.metering.ledger.FoldResult;
import io.anyserve.metering.ledger.LedgerEnricher;
import io.anyserve.metering.ledger.LedgerHeaders;
import io.anyserve.metering.ledger.RequestUsageAggregator;
import io.anyserve.runtime.kafka.PoisonRecords;
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
 * Runs the {@link RequestUsageAggregator} of one partition of {@code tokens} inside a transaction
 * that is not aware of it: the fold lives in memory, and the store holds nothing but the offset
 * from which on the log must be read back to have it again. That offset is written now and then; an
 * older one only means more to read. Owned by the thread of its task.
 */
final class RequestUsageProcessor
    extends ContextualProcessor<byte[], byte[], byte[], TopologyOutput> {

  static final String POSITIONS = "positions";
  static final Duration CHECKPOINT = Duration.ofSeconds(1);

  private static final Duration AHEAD = Duration.ofDays(1);

  private static final Logger log = LoggerFactory.getLogger(RequestUsageProcessor.class);
  private static final String READ_BACK_FROM = "read-back-from";

  private final MeteringDependencies surroundings;
  private final LedgerEnricher stamp;

  /** A restarted task is given to {@link #init} again: everything that follows begins anew. */
  private RequestUsageAggregator fold;

  private @Nullable KeyValueStore<String, Long> positions;
  private boolean ready;

  /** The record has its letter: one is enough, however many of its events are rejected. */
  private boolean buried;

  private long position;
  private long time;

  RequestUsageProcessor(MeteringDependencies surroundings) {
    this.surroundings = surroundings;
    this.stamp = new LedgerEnricher(surroundings.hooks().prices());
    this.fold = emptyFold();
  }

  @Override
  public void init(ProcessorContext<byte[], TopologyOutput> context) {
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
    PoisonRecords.passOver(() -> count(record, at), failure -> passOver(record, at, failure));
    position = at.offset() + 1;
  }

  private void count(Record<byte[], byte[]> record, RecordMetadata at) {
    buried = false;
    time = plausible(record.timestamp());
    if (time != record.timestamp()) {
      doubt(record, at, future(record.timestamp(), time));
    }
    fold.apply(
        record.key(), record.value(), at.offset(), time, metered -> take(record, at, metered));
  }

  /** Tokens may be missing in the ledger from here on, so it is said aloud. */
  private void passOver(Record<byte[], byte[]> record, RecordMetadata at, Throwable failure) {
    surroundings.failed().passOverSecond(source(at), failure);
    log.error(
        "{}: skipped and written to the dead letters; its tokens are not in the ledger",
        source(at),
        failure);
    surroundings.meters().fold().rejected(FoldResult.Reason.FAULT);
    context().forward(DeadLetterRecord.letter(record, at, failure));
  }

  private void take(Record<byte[], byte[]> record, RecordMetadata at, FoldResult metered) {
    switch (metered) {
      case FoldResult.Quiet verdict -> surroundings.meters().fold().event(verdict);
      case FoldResult.Doubted(FoldResult.Quiet verdict, RuntimeException doubt) -> {
        surroundings.meters().fold().event(verdict);
        doubt(record, at, doubt);
      }
      case FoldResult.Line entry -> post(record, at, entry);
      case FoldResult.Rejected rejected -> reject(record, at, rejected);
    }
  }

  @Override
  public void close() {
    surroundings.meters().fold().released(context().taskId().partition());
  }

  /**
   * The log's clock is the brokers'; where it is not, somebody's may be far ahead, and what is
   * dated so counts as of now.
   */
  private long plausible(long timestamp) {
    Instant now = surroundings.clock().instant();
    return timestamp > now.plus(AHEAD).toEpochMilli() ? now.toEpochMilli() : timestamp;
  }

  private static RuntimeException future(long timestamp, long now) {
    return new IllegalArgumentException(
        "time: "
            + Instant.ofEpochMilli(timestamp)
            + " (expected: at most "
            + Instant.ofEpochMilli(now).plus(AHEAD)
            + ")");
  }

  /**
   * Brings the fold to where it stood before the record at that offset; with all that the log still
   * has where the store does not say from where, because it was lost or the offset was set back.
   */
  private void catchUp(TopicPartition partition, long offset) {
    @Nullable Long from = store().get(READ_BACK_FROM);
    boolean lost = from == null || from > offset;
    if (offset > 0) {
      readBack(partition, lost ? 0 : from, offset);
    }
    ready = true;
  }

  /** From earlier on, to know also what has ended shortly before. */
  private void readBack(TopicPartition partition, long from, long offset) {
    long begin = Math.max(0, from - surroundings.settings().rememberedRequests());
    long[] count = new long[1];
    surroundings
        .logs()
        .tokens()
        .read(
            partition,
            begin,
            offset,
            record -> {
              count[0]++;
              replay(record);
            });
    surroundings.meters().fold().readBack(count[0]);
    log.info(
        "{}: read back {} records up to offset {}, {} requests in flight",
        partition,
        count[0],
        offset,
        fold.inFlight());
  }

  /** What was passed over when it came has its letter. */
  private void replay(ConsumerRecord<byte[], byte[]> record) {
    PoisonRecords.passOver(
        () -> follow(record),
        failure -> {
          surroundings
              .failed()
              .passOverSecond(
                  new TopicOffset(record.topic(), record.partition(), record.offset()), failure);
          log.debug("Skipped offset {} again", record.offset(), failure);
        });
  }

  private void follow(ConsumerRecord<byte[], byte[]> record) {
    long at = plausible(MeteringTopology.time(record));
    fold.apply(record.key(), record.value(), record.offset(), at, _ -> {});
  }

  private void post(Record<byte[], byte[]> record, RecordMetadata at, FoldResult.Line metered) {
    TopicOffset source = source(at);
    LedgerEntry entry =
        PoisonRecords.orElse(
            () -> stamp.stamp(metered.entry(), source),
            failure -> {
              fault(record, at, failure);
              return stamp.unpriced(metered.entry(), source);
            });
    Duration behind = Duration.between(entry.times().endedAt(), surroundings.clock().instant());
    surroundings.meters().fold().line(entry, metered.drift(), behind);
    context()
        .forward(
            new Record<>(
                record.key(), new TopologyOutput.Line(entry), time, LedgerHeaders.of(entry)));
    if (entry.context().reserved()) {
      PoisonRecords.passOver(() -> settle(entry), failure -> fault(record, at, failure));
    }
    metered.doubt().ifPresent(doubt -> doubt(record, at, doubt));
  }

  private static TopicOffset source(RecordMetadata at) {
    return new TopicOffset(at.topic(), at.partition(), at.offset());
  }

  /** The record counts; the letter keeps what it says and cannot be. */
  private void doubt(Record<byte[], byte[]> record, RecordMetadata at, Throwable doubt) {
    surroundings.meters().fold().doubted();
    if (!buried) {
      buried = true;
      context().forward(DeadLetterRecord.letter(record, at, doubt));
    }
  }

  /** The line counts; its price or its settlement is what metering failed at. */
  private void fault(Record<byte[], byte[]> record, RecordMetadata at, Throwable failure) {
    surroundings.failed().passOverSecond(source(at), failure);
    log.error("{}: counted without a price or a settlement, which failed", source(at), failure);
    doubt(record, at, failure);
  }

  private void settle(LedgerEntry entry) {
    surroundings
        .hooks()
        .settlements()
        .flatMap(hook -> hook.settle(entry))
        .ifPresent(
            settlement ->
                context()
                    .forward(
                        new Record<>(
                            settlement.key().get(), new TopologyOutput.Settled(settlement), time)));
  }

  private void reject(
      Record<byte[], byte[]> record, RecordMetadata at, FoldResult.Rejected rejected) {
    surroundings.meters().fold().rejected(rejected.reason());
    log.debug("Rejected {}-{}@{}", at.topic(), at.partition(), at.offset(), rejected.cause());
    if (!buried) {
      buried = true;
      context().forward(DeadLetterRecord.letter(record, at, rejected.cause()));
    }
  }

  private void checkpoint() {
    if (!ready) {
      return;
    }
    long tooOld = time - surroundings.settings().retention().toMillis();
    surroundings.meters().fold().purged(fold.purge(tooOld));
    surroundings.meters().fold().inFlight(context().taskId().partition(), fold.inFlight());
    long from = fold.oldestOffset().orElse(position);
    KeyValueStore<String, Long> store = store();
    if (!Long.valueOf(from).equals(store.get(READ_BACK_FROM))) {
      store.put(READ_BACK_FROM, from);
    }
  }

  private RequestUsageAggregator emptyFold() {
    return new RequestUsageAggregator(surroundings.settings().rememberedRequests());
  }

  private KeyValueStore<String, Long> store() {
    if (positions == null) {
      throw new IllegalStateException("positions: none (expected: init before)");
    }
    return positions;
  }
}
