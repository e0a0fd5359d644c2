package io.anyserve.worker.consume;

import io.anyserve.runtime.Health;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes work with one consumer, holds it until it is settled, and acknowledges it. Its thread owns
 * the consumer; streams settle the records from theirs.
 *
 * <pre>
 * empty-handed -- open: poll -->       holding
 * holding -- all settled -->           empty-handed   acknowledged with the next poll, or at once
 *                                                     where another member has to see it
 * holding -- half the lock is over --> holding        settled ones acknowledged, others renewed
 * any     -- no connection -->         empty-handed   what runs goes on and is not acknowledged
 * any     -- failure -->               empty-handed   given back; a new consumer after a pause that
 *                                                     doubles
 * </pre>
 *
 * A share consumer of Kafka without a connection is a busy loop, and dozens of them would take the
 * processors from the broker that starts: it is closed and opened again when there is a broker.
 *
 * <p>A record that does not fit into memory fails each poll that would bring it. The broker counts
 * these deliveries as any others and archives the record; until then this intake is not healthy.
 */
final class ShareConsumerLoop implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(ShareConsumerLoop.class);
  private static final Duration LONGEST_POLL = Duration.ofMillis(250);
  private static final long CLOSED_PAUSE = TimeUnit.MILLISECONDS.toNanos(5);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final int MOST_DOUBLINGS = 3;

  /** One failure may be a broker's restart. */
  private static final int UNHEALTHY = 2;

  private final String name;
  private final RecordSourceFactory sources;
  private final Consumer<List<AcquiredRecord>> reception;
  private final BooleanSupplier open;
  private final long lock;
  private final Duration poll;
  private final LongSupplier nanos;
  private final Consumer<Disposition> meter;
  private volatile AcquiredRecords hand;
  private long renewAt;
  private boolean unsent;
  private int failures;
  private volatile Health health = Health.UP;
  private volatile @Nullable RecordSource current;
  private volatile boolean draining;
  private volatile boolean givingUp;

  /**
   * @param name in health and logs
   * @param sources of a consumer, and of another one after a failure
   * @param reception begins to answer what was taken; must not block for long
   * @param open work may be taken now
   * @param lock how long the broker leaves a record to a consumer
   */
  ShareConsumerLoop(
      String name,
      RecordSourceFactory sources,
      Consumer<List<AcquiredRecord>> reception,
      BooleanSupplier open,
      Duration lock,
      LongSupplier nanos,
      Consumer<Disposition> meter) {
    this.name = name;
    this.sources = sources;
    this.reception = reception;
    this.open = open;
    this.lock = lock.toNanos();
    this.poll = shorter(LONGEST_POLL, lock.dividedBy(4));
    this.nanos = nanos;
    this.meter = meter;
    this.hand = new AcquiredRecords(nanos, meter);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  @Override
  public void run() {
    while (!done()) {
      try {
        if (!work()) {
          sources.awaitBroker(this::done);
        }
      } catch (RuntimeException | Error e) {
        startOver(e);
      }
    }
  }

  /** Down after failures in a row, up again with the first poll that works. Any thread. */
  Health health() {
    return health;
  }

  /** With one consumer; false when its broker is gone. */
  private boolean work() {
    try (RecordSource source = sources.open()) {
      current = source;
      return work(source);
    }
  }

  private boolean work(RecordSource source) {
    while (!done()) {
      if (source.lost()) {
        lose();
        return false;
      }
      step(source);
    }
    return true;
  }

  private void lose() {
    log.info("Broker connection lost; {} requests continue without a lock", hand.records().size());
    hand = new AcquiredRecords(nanos, meter);
    unsent = false;
  }

  private boolean done() {
    return draining && hand.isEmpty();
  }

  private void startOver(Throwable why) {
    failures++;
    health =
        failures < UNHEALTHY
            ? Health.UP
            : new Health.Down(
                name, "failed " + failures + " times in a row to acquire records: " + why);
    log.warn("{} failed {} times in a row and restarts with a new consumer", name, failures, why);
    hand.records().forEach(held -> held.giveBack("the consumer failed"));
    hand.drop(List.copyOf(hand.records()));
    sources.pause(FIRST_PAUSE.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS)));
  }

  private void worked() {
    failures = 0;
    health = Health.UP;
  }

  /** Takes, waits, renews or acknowledges: whatever is due. */
  void step(RecordSource source) {
    if (hand.isEmpty()) {
      takeOrPause(source);
      return;
    }
    hand.await(Math.min(renewAt - nanos.getAsLong(), LONGEST_POLL.toNanos()));
    if (givingUp) {
      hand.records().forEach(held -> held.giveBack("the worker stops"));
    }
    if (hand.allSettled()) {
      acknowledge(source, hand.records());
    } else if (nanos.getAsLong() - renewAt >= 0) {
      renew(source);
    }
  }

  private void takeOrPause(RecordSource source) {
    if (!draining && open.getAsBoolean()) {
      // The broker may have locked them as soon as this poll began.
      long before = nanos.getAsLong();
      List<ConsumerRecord<byte[], byte[]>> records = source.poll(poll);
      take(records, before + lock);
      worked();
      return;
    }
    if (unsent) {
      commit(source);
    }
    LockSupport.parkNanos(this, CLOSED_PAUSE);
  }

  private void take(List<ConsumerRecord<byte[], byte[]>> records, long lockedUntil) {
    unsent = false;
    if (!records.isEmpty()) {
      renewAt = nanos.getAsLong() + lock / 2;
      receive(records, lockedUntil);
    }
  }

  private void receive(List<ConsumerRecord<byte[], byte[]>> records, long lockedUntil) {
    reception.accept(records.stream().map(record -> hand.take(record, lockedUntil)).toList());
  }

  private void acknowledge(RecordSource source, List<AcquiredRecord> settled) {
    boolean urgent = draining;
    for (AcquiredRecord held : settled) {
      AcknowledgeType type = held.acknowledgement();
      source.acknowledge(held.record(), type);
      urgent |= type != AcknowledgeType.ACCEPT;
    }
    hand.drop(List.copyOf(settled));
    unsent = true;
    if (urgent) {
      commit(source);
    }
  }

  private void commit(RecordSource source) {
    source.commit();
    unsent = false;
  }

  private void renew(RecordSource source) {
    renewAt = nanos.getAsLong() + lock / 2;
    new LockRenewal(source, hand, lock, nanos, this::receive).renew();
  }

  /** Takes no more work; ends when what it holds is settled. Any thread. */
  void drain() {
    draining = true;
    RecordSource source = current;
    if (source != null) {
      source.wake();
    }
  }

  /** Gives back what is not settled yet, after {@link #drain}. Any thread. */
  void giveUp() {
    givingUp = true;
    hand.hurry();
  }
}
