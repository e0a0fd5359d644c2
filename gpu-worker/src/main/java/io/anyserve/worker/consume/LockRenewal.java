package io.anyserve.worker.consume;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Renews the acquisition locks of the records that are not settled, once. A consumer gets a renewed
 * record back and has to acknowledge the one that it got back; a record that does not come back
 * belongs to another worker. Owned by the thread of its {@link ShareConsumerLoop}.
 */
final class LockRenewal {

  private static final Duration POLL = Duration.ofMillis(20);

  /** Takes records that a poll brought besides the renewed ones. */
  interface Receiver {
    void receive(List<ConsumerRecord<byte[], byte[]>> records, long lockedUntil);
  }

  private final RecordSource source;
  private final AcquiredRecords acquired;
  private final long lock;
  private final LongSupplier nanos;
  private final Receiver others;
  private final List<AcquiredRecord> awaitingReturn = new ArrayList<>();

  LockRenewal(
      RecordSource source,
      AcquiredRecords acquired,
      long lock,
      LongSupplier nanos,
      Receiver others) {
    this.source = source;
    this.acquired = acquired;
    this.lock = lock;
    this.nanos = nanos;
    this.others = others;
  }

  /** Acknowledges what is settled, and waits at most a quarter of the lock for the rest. */
  void renew() {
    acknowledge(acquired.records());
    long until = nanos.getAsLong() + lock;
    long polls = Math.max(1, lock / 4 / POLL.toNanos());
    for (int i = 0; i < polls && !awaitingReturn.isEmpty(); i++) {
      takeBack(source.poll(POLL), until);
      renewAgain();
    }
    awaitingReturn.forEach(record -> record.giveBack("the lock was lost"));
    acquired.drop(awaitingReturn);
  }

  private void acknowledge(List<AcquiredRecord> records) {
    List<AcquiredRecord> settled = new ArrayList<>();
    for (AcquiredRecord record : records) {
      AcknowledgeType type = record.acknowledgement();
      source.acknowledge(record.record(), type);
      (type == AcknowledgeType.RENEW ? awaitingReturn : settled).add(record);
    }
    acquired.drop(settled);
  }

  /** Kafka refuses a poll for the rest while returned records are not acknowledged: once more. */
  private void renewAgain() {
    if (!awaitingReturn.isEmpty()) {
      List<AcquiredRecord> returned = new ArrayList<>(acquired.records());
      returned.removeAll(awaitingReturn);
      acknowledge(returned);
    }
  }

  private void takeBack(List<ConsumerRecord<byte[], byte[]>> records, long lockedUntil) {
    List<ConsumerRecord<byte[], byte[]>> unknown = new ArrayList<>();
    for (var record : records) {
      var renewed = awaitingReturn.stream().filter(awaited -> awaited.is(record)).findFirst();
      if (renewed.isPresent()) {
        renewed.get().renewed(record, lockedUntil);
        awaitingReturn.remove(renewed.get());
      } else {
        unknown.add(record);
      }
    }
    if (!unknown.isEmpty()) {
      others.receive(unknown, lockedUntil);
    }
  }
}
