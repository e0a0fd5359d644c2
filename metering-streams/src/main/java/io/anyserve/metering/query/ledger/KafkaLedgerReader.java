package io.anyserve.metering.query.ledger;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.metering.query.TenantScope;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;

/**
 * Reads the ledger from its topic: committed entries, through a few consumers that are kept for the
 * next query. Thread-safe.
 */
public final class KafkaLedgerReader implements LedgerReader, Component {

  private static final int READERS = 4;
  private static final int WAIT_SECONDS = 5;
  private static final int PAGE_BYTES = 2 << 20;
  private static final int PAGE_RECORDS = 200_000;
  private static final Duration PAGE_TIME = Duration.ofSeconds(5);
  private static final Map<String, Object> SETTINGS =
      Map.of(
          "allow.auto.create.topics", "false",
          "default.api.timeout.ms", "10000",
          "max.poll.records", "5000");

  private final KafkaClients kafka;
  private final String topic;
  private final LedgerPartitions partitions;
  private final Duration latest;
  private final LongSupplier nanos;
  private final Semaphore permits = new Semaphore(READERS);
  private final Deque<KafkaConsumer<byte[], byte[]>> idle = new ArrayDeque<>();
  private final AtomicInteger made = new AtomicInteger();
  private boolean closed;

  /**
   * @param latest how long after a request's end its entry may be written
   */
  public KafkaLedgerReader(
      KafkaClients kafka,
      String topic,
      LedgerPartitions partitions,
      Duration latest,
      LongSupplier nanos) {
    this.kafka = kafka;
    this.topic = topic;
    this.partitions = partitions;
    this.latest = latest;
    this.nanos = nanos;
  }

  @Override
  public void start() {}

  @Override
  public LedgerPage page(LedgerQuery query) {
    List<LedgerEntry> entries = new ArrayList<>();
    var bounds =
        new LedgerScanner.Bounds(query.limit(), PAGE_BYTES, PAGE_RECORDS, PAGE_TIME.toNanos());
    Optional<LedgerPageToken> next = read(query, entries::add, bounds);
    return new LedgerPage(entries, next);
  }

  @Override
  public void all(LedgerQuery query, Consumer<LedgerEntry> consumer) {
    read(query, consumer, LedgerScanner.Bounds.NONE);
  }

  private Optional<LedgerPageToken> read(
      LedgerQuery query, Consumer<LedgerEntry> consumer, LedgerScanner.Bounds bounds) {
    return with(
        reader -> {
          var target =
              new LedgerScanner.Target(topic, partitions(reader, query.scope()), query, latest);
          return new LedgerScanner(reader, target, bounds, nanos).read(consumer);
        });
  }

  private List<Integer> partitions(KafkaConsumer<byte[], byte[]> reader, TenantScope scope) {
    List<PartitionInfo> known = reader.partitionsFor(topic);
    if (known == null || known.isEmpty()) {
      throw new FailureException(
          FailureCode.STORE_UNAVAILABLE, "usage: topic " + topic + " is missing");
    }
    return switch (scope) {
      case TenantScope.Of(TenantId tenant) -> partitions.of(tenant, known.size());
      case TenantScope.All() -> LedgerPartitions.any(known.size());
    };
  }

  /** A consumer that failed is closed and not used again. */
  private <T> T with(Function<KafkaConsumer<byte[], byte[]>, T> work) {
    acquirePermit();
    KafkaConsumer<byte[], byte[]> reader = null;
    try {
      reader = acquire();
      T result = work.apply(reader);
      release(reader);
      reader = null;
      return result;
    } catch (KafkaException e) {
      throw new FailureException(
          FailureCode.BROKER_UNAVAILABLE, "usage: the ledger cannot be read: " + e.getMessage(), e);
    } finally {
      permits.release();
      if (reader != null) {
        reader.close();
      }
    }
  }

  private void acquirePermit() {
    try {
      if (!permits.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw new FailureException(
            FailureCode.OVERLOADED, "ledger: " + READERS + " read it now (expected: fewer)");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailureException(FailureCode.SHUTTING_DOWN, "ledger: interrupted", e);
    }
  }

  private KafkaConsumer<byte[], byte[]> acquire() {
    synchronized (this) {
      KafkaConsumer<byte[], byte[]> found = idle.poll();
      if (found != null) {
        return found;
      }
    }
    return kafka.newAssignedConsumer(
        "usage-lines-" + made.incrementAndGet(), IsolationLevel.READ_COMMITTED, SETTINGS);
  }

  private void release(KafkaConsumer<byte[], byte[]> reader) {
    synchronized (this) {
      if (!closed) {
        idle.push(reader);
        return;
      }
    }
    reader.close();
  }

  @Override
  public void close() {
    List<KafkaConsumer<byte[], byte[]>> open;
    synchronized (this) {
      closed = true;
      open = List.copyOf(idle);
      idle.clear();
    }
    open.forEach(KafkaConsumer::close);
  }
}
