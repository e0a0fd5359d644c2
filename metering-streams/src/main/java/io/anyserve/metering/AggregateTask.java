package io.anyserve.metering;

import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.TenantUsage;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.metering.aggregate.AggregateStores;
import io.anyserve.metering.aggregate.Aggregates;
import io.anyserve.metering.aggregate.Aggregates.EntryStatus;
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
 * Adds the entries of one partition of {@code usage} up in memory. Every half second it writes the
 * aggregates that changed, and the offset up to which they are complete. Transactions do not cover
 * the memory: after a restart the entries behind that offset are read back, up to where Kafka
 * Streams goes on. If Kafka Streams goes on from an earlier offset, entries that the stores hold
 * are skipped. Owned by the thread of its task.
 */
final class AggregateTask {

  private static final Logger log = LoggerFactory.getLogger(AggregateTask.class);

  private final MeteringDependencies dependencies;
  private final ProcessorContext<byte[], TopologyOutput> context;
  private final TopicPartition partition;
  private final LedgerEntryValidator reader;
  private final AggregateStores stores;
  private final StorePositions positions;
  private final Aggregates aggregates;
  private final WindowExpiry purge;
  private boolean begun;
  private long flushedTo;

  /** Begins with what the stores hold. */
  AggregateTask(
      MeteringDependencies dependencies,
      int partitions,
      ProcessorContext<byte[], TopologyOutput> context) {
    TopicNames topics = dependencies.settings().topics();
    this.dependencies = dependencies;
    this.context = context;
    this.partition = new TopicPartition(topics.usage(), context.taskId().partition());
    this.reader = new LedgerEntryValidator(topics.tokens(), partition.partition(), partitions);
    this.stores =
        new AggregateStores(
            context.getStateStore(AggregateStores.SESSIONS),
            context.getStateStore(AggregateStores.TENANTS),
            context.getStateStore(AggregateStores.WINDOWS));
    this.positions = new StorePositions(context.getStateStore(AggregateStores.POSITIONS));
    this.aggregates = new Aggregates(positions);
    this.purge = new WindowExpiry(stores);
    this.begun = positions.next().isPresent();
    this.flushedTo = aggregates.next();
  }

  /** Counts again the entries that were counted before a restart and are not in the stores. */
  void readBack() {
    if (begun) {
      readBack(aggregates.next());
    }
  }

  private void readBack(long from) {
    long end = dependencies.logs().usage().readCounted(partition, from, this::replay);
    dependencies.metrics().aggregates().readBack(Math.max(0, end - from));
    log.info("{}: read back from {} to {}", partition, from, end);
    aggregates.skipTo(end);
  }

  /** A record that cannot be counted has its dead letter already. */
  private void replay(ConsumerRecord<byte[], byte[]> record) {
    PoisonRecords.passOver(
        () -> count(reader.read(record.headers(), record.value(), MeteringTopology.time(record))),
        failure -> {
          if (!(failure instanceof MalformedRecordException)) {
            passOverSecond(record.offset(), failure);
          }
          log.debug("Skipped {}@{} again", partition, record.offset(), failure);
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
              "{}@{}: skipped and written to the dead letters; the aggregates lack this entry",
              partition,
              at.offset(),
              failure);
          reject(record, at, failure);
        });
    aggregates.skipTo(at.offset() + 1);
  }

  private void read(Record<byte[], byte[]> record, RecordMetadata at) {
    try {
      LedgerEntry entry = reader.read(record.headers(), record.value(), record.timestamp());
      if (at.offset() >= aggregates.next() && count(entry) != EntryStatus.REPEATED) {
        dependencies.watcher().entry(entry);
      }
    } catch (MalformedRecordException e) {
      log.debug("Rejected {}@{}", partition, at.offset(), e);
      reject(record, at, e);
    }
  }

  private void passOverSecond(long offset, Throwable failure) {
    TopicOffset at = new TopicOffset(partition.topic(), partition.partition(), offset);
    dependencies.failed().passOverSecond(at, failure);
  }

  private void reject(Record<byte[], byte[]> record, RecordMetadata at, Throwable reason) {
    dependencies.metrics().aggregates().rejected();
    context.forward(DeadLetterRecord.of(record, at, reason));
  }

  /** The stores are empty: whatever lies before that offset is not in them. */
  private void begin(long offset) {
    begun = true;
    positions.begin(0);
    if (offset > 0) {
      readBack(0);
    }
  }

  private EntryStatus count(LedgerEntry entry) {
    Duration behind = Duration.between(entry.times().endedAt(), dependencies.clock().instant());
    EntryStatus verdict = aggregates.count(entry);
    dependencies.metrics().aggregates().entry(verdict, behind);
    return verdict;
  }

  /** Writes what changed since the last time; false while old windows are left to take away. */
  boolean flush() {
    if (aggregates.next() > flushedTo) {
      Instant begin = dependencies.clock().instant();
      write(aggregates.take(positions));
      flushedTo = aggregates.next();
      dependencies
          .metrics()
          .aggregates()
          .flushed(Duration.between(begin, dependencies.clock().instant()));
    }
    return purge.step(aggregates.latest(), this::purged);
  }

  private void write(Deltas changes) {
    for (var added : changes.windows()) {
      var total = stores.add(added);
      forward(total.key(), new TopologyOutput.Window(total.bytes()));
    }
    for (var added : changes.sessions()) {
      UpdatedAggregate<SessionUsage> total = stores.add(added);
      forward(total.key(), new TopologyOutput.Session(total.bytes()));
      dependencies.watcher().session(total.usage());
    }
    for (var added : changes.tenants()) {
      UpdatedAggregate<TenantUsage> total = stores.add(added);
      forward(total.key(), new TopologyOutput.Tenant(total.bytes()));
      dependencies.watcher().tenant(total.usage());
    }
  }

  private void purged(String window) {
    dependencies.metrics().aggregates().purged();
    forward(window, new TopologyOutput.Window(null));
  }

  private void forward(String key, TopologyOutput output) {
    long time = Math.max(0, aggregates.latest().toEpochMilli());
    context.forward(new Record<>(key.getBytes(StandardCharsets.UTF_8), output, time));
  }
}
