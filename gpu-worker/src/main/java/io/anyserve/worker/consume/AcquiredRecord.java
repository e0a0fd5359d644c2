package io.anyserve.worker.consume;

import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.worker.publish.EventStreamWriter;
import io.anyserve.worker.publish.TokenWriter;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** One record that was taken and is not acknowledged yet. The first settlement stands. */
final class AcquiredRecord implements EventStreamWriter.Owner {

  private final AtomicReference<@Nullable Disposition> settlement = new AtomicReference<>();
  private final Consumer<Disposition> settled;
  private final LongSupplier nanos;
  private volatile @Nullable Response answer;
  private ConsumerRecord<byte[], byte[]> record;
  private volatile long lockedUntil;

  /** The stream that answers it, and who writes that stream. */
  private record Response(EventStreamWriter stream, TokenWriter log) {}

  /**
   * @param lockedUntil by that clock
   * @param settled hears the settlement, in any thread
   */
  AcquiredRecord(
      ConsumerRecord<byte[], byte[]> record,
      long lockedUntil,
      LongSupplier nanos,
      Consumer<Disposition> settled) {
    this.record = record;
    this.lockedUntil = lockedUntil;
    this.nanos = nanos;
    this.settled = settled;
  }

  @Override
  public ConsumerRecord<byte[], byte[]> record() {
    return record;
  }

  /** Where the record lies. */
  TopicOffset position() {
    return new TopicOffset(record.topic(), record.partition(), record.offset());
  }

  /** When the record was written, by the log's clock. */
  Instant requestedAt() {
    return Instant.ofEpochMilli(record.timestamp());
  }

  /** How often the record was handed out, this time included. */
  int deliveries() {
    return record.deliveryCount().map(Short::intValue).orElse(1);
  }

  /** The same record, with its lock renewed. */
  void renewed(ConsumerRecord<byte[], byte[]> again, long until) {
    record = again;
    lockedUntil = until;
  }

  boolean is(ConsumerRecord<byte[], byte[]> other) {
    return record.offset() == other.offset()
        && record.partition() == other.partition()
        && record.topic().equals(other.topic());
  }

  /**
   * The stream that answers it.
   *
   * @param log hears when the stream has to stop
   */
  void answeredBy(EventStreamWriter stream, TokenWriter log) {
    answer = new Response(stream, log);
  }

  void settle(Disposition how) {
    if (settlement.compareAndSet(null, how)) {
      settled.accept(how);
      Response given = answer;
      if (given != null) {
        given.stream.watch().over(how.answered());
      }
    }
  }

  @Nullable Disposition settlement() {
    return settlement.get();
  }

  /** How it is acknowledged now: renewed while it is not settled. */
  AcknowledgeType acknowledgement() {
    Disposition settled = settlement.get();
    return settled == null ? AcknowledgeType.RENEW : settled.acknowledgement();
  }

  /** Stops answering it; whoever gets the record goes on. */
  void giveBack(String why) {
    Response given = answer;
    if (given != null) {
      given.log.release(given.stream, new IllegalStateException(why));
    }
    settle(Disposition.RELEASED);
  }

  /** The stream that answers it; null while there is none. */
  @Nullable EventStreamWriter stream() {
    Response given = answer;
    return given == null ? null : given.stream;
  }

  @Override
  public boolean holds() {
    return settlement.get() == null && nanos.getAsLong() - lockedUntil < 0;
  }

  @Override
  public void answered(Outcome outcome) {
    settle(
        switch (outcome) {
          case FINISHED -> Disposition.FINISHED;
          case FAILED -> Disposition.FAILED;
          case CANCELLED -> Disposition.CANCELLED;
        });
  }

  @Override
  public void elsewhere() {
    settle(Disposition.SUPERSEDED);
  }

  @Override
  public void refused() {
    settle(Disposition.REJECTED);
  }

  @Override
  public void lost(Exception why) {
    settle(Disposition.RELEASED);
  }
}
