package io.anyserve.metering;

import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.metering.aggregate.AggregateStores;
import io.anyserve.metering.aggregate.Aggregates;
import io.anyserve.metering.aggregate.Deltas;
import io.anyserve.metering.aggregate.LedgerEntryValidator;
import io.anyserve.metering.aggregate.StorePositions;
import io.anyserve.metering.aggregate.UpdatedAggregate;
import io.anyserve.metering.aggregate.WindowExpiry;
import io.anyserve.runtime.kafka.PoisonRecords;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds the lines of one partition of {@code usage} up in memory and writes the accounts that
 * changed every half second, with the offset up to which that holds. Transactions know nothing of
 * the memory: after a restart the lines behind that offset are read back, up to where Kafka Streams
 * goes on. Should it go on from earlier, what the stores hold is skipped. Owned by the thread of
 * its task.
 */
final class AccountsTask {

  private static final Logger log = LoggerFactory.getLogger(AccountsTask.class);

  private final MeteringDependencies surroundings;
  private final ProcessorContext<byte[], TopologyOutput> context;
  private final TopicPartition partition;
  private final LedgerEntryValidator reader;
  private final AggregateStores stores;
  private final StorePositions positions;
  private final Aggregates accounts;
  private final WindowExpiry purge;
  private boolean begun;
  private long flushedTo;

  /** With what the stores hold. */
  AccountsTask(
      MeteringDependencies surroundings,
      int partitions,
      ProcessorContext<byte[], TopologyOutput> context) {
    TopicNames topics = surroundings.settings().topics();
    this.surroundings = surroundings;
    this.context = context;
    this.partition = new TopicPartition(topics.usage(), context.taskId().partition());
    this.reader = new LedgerEntryValidator(topics.tokens(), partition.partition(), partitions);
    this.stores =
        new AggregateStores(
            context.getStateStore(AggregateStores.SESSIONS),
            context.getStateStore(AggregateStores.TENANTS),
            context.getStateStore(AggregateStores.WINDOWS));
    this.positions = new StorePositions(context.getStateStore(AggregateStores.POSITIONS));
    this.accounts = new Aggregates(positions);
    this.purge = new WindowExpiry(stores);
    this.begun = positions.next().isPresent();
    this.flushedTo = accounts.next();
  }

  /** Counts again what was handed over before and is not in the stores. */
  void readBack() {
    if (begun) {
      readBack(accounts.next());
    }
  }

  private void readBack(long from) {
    long end = surroundings.logs().usage().readCounted(partition, from, this::replay);
    surroundings.meters().accounts().readBack(Math.max(0, end - from));
    log.info("{}: read back from {} to {}", partition, from, end);
    accounts.skipTo(end);
  }

  /** What cannot be counted is among the dead letters already. */
  private void replay(ConsumerRecord<byte[], byte[]> record) {
    PoisonRecords.passOver(
        () -> count(reader.read(record.headers(), record.value(), MeteringTopology.time(record))),
        failure -> {
          if (!(failure instanceof MalformedRecordException)) {
            passOverSecond(record.offset(), failure);
          }
          log.debug("skipped {}@{}", partition, record.offset(), failure);
        });
  }

  void process(Record<byte[], byte[]> record, RecordMetadata at) {
    if (!begun) {
      begin(at.offset());
    }
    PoisonRecords.passOver(
        () -> read(record, at),
        failure -> {
          passOverSecond(at.offset(), failure);
          log.error(
              "{}@{}: not counted, passed over, and buried in the dead letters",
              partition,
              at.offset(),
              failure);
          reject(record, at, failure);
        });
    accounts.skipTo(at.offset() + 1);
  }

  private void read(Record<byte[], byte[]> record, RecordMetadata at) {
    try {
      LedgerEntry line = reader.read(record.headers(), record.value(), record.timestamp());
      if (at.offset() >= accounts.next() && count(line) != Aggregates.Verdict.REPEATED) {
        surroundings.watcher().line(line);
      }
    } catch (MalformedRecordException e) {
      log.debug("rejected {}@{}", partition, at.offset(), e);
      reject(record, at, e);
    }
  }

  private void passOverSecond(long offset, Throwable failure) {
    TopicOffset at = new TopicOffset(partition.topic(), partition.partition(), offset);
    surroundings.failed().passOverSecond(at, failure);
  }

  private void reject(Record<byte[], byte[]> record, RecordMetadata at, Throwable reason) {
    surroundings.meters().accounts().rejected();
    context.forward(DeadLetterRecord.letter(record, at, reason));
  }

  /** The stores are empty: whatever lies before that offset is not in them. */
  private void begin(long offset) {
    begun = true;
    positions.begin(0);
    if (offset > 0) {
      readBack(0);
    }
  }

  private Aggregates.Verdict count(LedgerEntry line) {
    Duration behind = Duration.between(line.times().endedAt(), surroundings.clock().instant());
    Aggregates.Verdict verdict = accounts.count(line);
    surroundings.meters().accounts().line(verdict, behind);
    return verdict;
  }

  /** Writes what changed since the last time. */
  void flush() {
    if (accounts.next() > flushedTo) {
      Instant begin = surroundings.clock().instant();
      write(accounts.take(positions));
      flushedTo = accounts.next();
      surroundings
          .meters()
          .accounts()
          .flushed(Duration.between(begin, surroundings.clock().instant()));
    }
    purge.step(accounts.latest(), this::purged);
  }

  private void write(Deltas changes) {
    for (var added : changes.windows()) {
      var total = stores.add(added);
      forward(total.key(), new TopologyOutput.Window(total.bytes()));
    }
    for (var added : changes.sessions()) {
      UpdatedAggregate<SessionUsage> total = stores.add(added);
      forward(total.key(), new TopologyOutput.Session(total.bytes()));
      surroundings.watcher().session(total.usage());
    }
    for (var added : changes.tenants()) {
      UpdatedAggregate<TenantUsage> total = stores.add(added);
      forward(total.key(), new TopologyOutput.Tenant(total.bytes()));
      surroundings.watcher().tenant(total.usage());
    }
  }

  private void purged(String window) {
    surroundings.meters().accounts().purged();
    forward(window, new TopologyOutput.Window(null));
  }

  private void forward(String key, TopologyOutput output) {
    long time = Math.max(0, accounts.latest().toEpochMilli());
    context.forward(new Record<>(key.getBytes(StandardCharsets.UTF_8), output, time));
  }
}
