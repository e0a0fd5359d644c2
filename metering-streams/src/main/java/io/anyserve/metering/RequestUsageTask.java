package io.anyserve.metering;

import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.metering.ledger.FoldResult;
import io.anyserve.metering.ledger.LedgerEntryPricer;
import io.anyserve.metering.ledger.LedgerHeaders;
import io.anyserve.metering.ledger.RequestUsageAggregator;
import io.anyserve.quota.QuotaCodec;
import io.anyserve.runtime.kafka.PoisonRecords;
import java.time.Duration;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the {@link RequestUsageAggregator} of one partition of {@code tokens} inside a transaction
 * that does not cover it: the aggregator lives in memory, and the store holds only the offset from
 * which the log must be read back to restore it. That offset is written at checkpoints; an older
 * one only means more to read. Owned by the thread of its task.
 */
final class RequestUsageTask {

  private static final Logger log = LoggerFactory.getLogger(RequestUsageTask.class);
  private static final String READ_BACK_FROM = "read-back-from";

  private final MeteringDependencies dependencies;
  private final ProcessorContext<byte[], TopologyOutput> context;
  private final KeyValueStore<String, Long> positions;
  private final LedgerEntryPricer enricher;
  private final TimestampSanitizer times;
  private final RequestUsageAggregator aggregator;
  private boolean ready;

  /** One dead letter for a record is enough, however many of its events are rejected. */
  private boolean deadLetterSent;

  private long position;
  private long time;

  RequestUsageTask(
      MeteringDependencies dependencies,
      ProcessorContext<byte[], TopologyOutput> context,
      KeyValueStore<String, Long> positions) {
    this.dependencies = dependencies;
    this.context = context;
    this.positions = positions;
    this.enricher = new LedgerEntryPricer(dependencies.hooks().prices());
    this.times = new TimestampSanitizer(dependencies.clock());
    this.aggregator = new RequestUsageAggregator(dependencies.settings().rememberedRequests());
  }

  void process(Record<byte[], byte[]> record, RecordMetadata at) {
    if (!ready) {
      catchUp(new TopicPartition(at.topic(), at.partition()), at.offset());
    }
    PoisonRecords.passOver(() -> count(record, at), failure -> passOver(record, at, failure));
    position = at.offset() + 1;
  }

  /**
   * Brings the aggregator to its state before the record at that offset. Where the store does not
   * say from where to read, because it was lost or the offset was set back, everything that the log
   * still has is read.
   */
  private void catchUp(TopicPartition partition, long offset) {
    @Nullable Long from = positions.get(READ_BACK_FROM);
    boolean lost = from == null || from > offset;
    if (offset > 0) {
      new TokenReplay(dependencies, aggregator).read(partition, lost ? 0 : from, offset);
    }
    ready = true;
  }

  private void count(Record<byte[], byte[]> record, RecordMetadata at) {
    deadLetterSent = false;
    time = times.of(record.timestamp());
    if (time != record.timestamp()) {
      doubt(record, at, TimestampSanitizer.implausible(record.timestamp(), time));
    }
    aggregator.apply(
        record.key(), record.value(), at.offset(), time, result -> take(record, at, result));
  }

  /** Logged as an error, as tokens may be missing in the ledger from here on. */
  private void passOver(Record<byte[], byte[]> record, RecordMetadata at, Throwable failure) {
    dependencies.failed().passOverSecond(source(at), failure);
    log.error("{}: not counted, passed over, and buried in the dead letters", source(at), failure);
    dependencies.metrics().ledger().rejected(FoldResult.Reason.FAULT);
    context.forward(DeadLetterRecord.of(record, at, failure));
  }

  private void take(Record<byte[], byte[]> record, RecordMetadata at, FoldResult result) {
    switch (result) {
      case FoldResult.Quiet verdict -> dependencies.metrics().ledger().event(verdict);
      case FoldResult.Doubted(FoldResult.Quiet verdict, RuntimeException doubt) -> {
        dependencies.metrics().ledger().event(verdict);
        doubt(record, at, doubt);
      }
      case FoldResult.Entry ended -> post(record, at, ended);
      case FoldResult.Rejected rejected -> reject(record, at, rejected);
    }
  }

  private void post(Record<byte[], byte[]> record, RecordMetadata at, FoldResult.Entry ended) {
    TopicOffset source = source(at);
    LedgerEntry entry =
        PoisonRecords.orElse(
            () -> enricher.stamp(ended.entry(), source),
            failure -> {
              fault(record, at, failure);
              return enricher.unpriced(ended.entry(), source);
            });
    Duration behind = Duration.between(entry.times().endedAt(), dependencies.clock().instant());
    dependencies.metrics().ledger().entry(entry, ended.drift(), behind);
    context.forward(
        new Record<>(record.key(), new TopologyOutput.Entry(entry), time, LedgerHeaders.of(entry)));
    if (entry.context().reserved()) {
      PoisonRecords.passOver(() -> settle(entry), failure -> fault(record, at, failure));
    }
    ended.doubt().ifPresent(doubt -> doubt(record, at, doubt));
  }

  private void settle(LedgerEntry entry) {
    dependencies
        .hooks()
        .settlements()
        .flatMap(hook -> hook.settle(entry))
        .ifPresent(
            settle ->
                context.forward(
                    new Record<>(
                        QuotaCodec.key(settle.tenant()),
                        new TopologyOutput.Settled(
                            settle.tenant(), Bytes.wrap(QuotaCodec.encode(settle))),
                        time)));
  }

  /** The record counts; the dead letter keeps what it says and cannot be. */
  private void doubt(Record<byte[], byte[]> record, RecordMetadata at, Throwable doubt) {
    dependencies.metrics().ledger().doubted();
    sendDeadLetter(record, at, doubt);
  }

  /** The entry counts; its price or its settlement is what metering failed at. */
  private void fault(Record<byte[], byte[]> record, RecordMetadata at, Throwable failure) {
    dependencies.failed().passOverSecond(source(at), failure);
    log.error("{}: counted without price or settlement", source(at), failure);
    doubt(record, at, failure);
  }

  private void reject(
      Record<byte[], byte[]> record, RecordMetadata at, FoldResult.Rejected rejected) {
    dependencies.metrics().ledger().rejected(rejected.reason());
    log.debug("rejected {}-{}@{}", at.topic(), at.partition(), at.offset(), rejected.cause());
    sendDeadLetter(record, at, rejected.cause());
  }

  private void sendDeadLetter(Record<byte[], byte[]> record, RecordMetadata at, Throwable reason) {
    if (!deadLetterSent) {
      deadLetterSent = true;
      context.forward(DeadLetterRecord.of(record, at, reason));
    }
  }

  private static TopicOffset source(RecordMetadata at) {
    return new TopicOffset(at.topic(), at.partition(), at.offset());
  }

  /** Forgets requests that never ended and stores from where to read back. */
  void checkpoint() {
    if (!ready) {
      return;
    }
    long tooOld = time - dependencies.settings().retention().toMillis();
    dependencies.metrics().ledger().purged(aggregator.purge(tooOld));
    dependencies.metrics().ledger().inFlight(context.taskId().partition(), aggregator.inFlight());
    long from = aggregator.oldestOffset().orElse(position);
    if (!Long.valueOf(from).equals(positions.get(READ_BACK_FROM))) {
      positions.put(READ_BACK_FROM, from);
    }
  }
}
