package io.anyserve.worker.dispatch;

import io.anyserve.contracts.Priority;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.worker.publish.EventStreamWriter;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * One delivery of a request. Its record is acknowledged as soon as the log says who has the
 * request; the delivery is settled when its execution is over. Any thread reports; the first word
 * stands.
 */
public final class Delivery implements EventStreamWriter.Owner {

  private final ConsumerRecord<byte[], byte[]> record;
  private final Priority lane;
  private final Clock clock;
  private final InFlightDeliveries inFlight;
  private final RequestRepublisher republisher;
  private final CompletableFuture<AcknowledgeType> acknowledgement = new CompletableFuture<>();
  private final AtomicReference<@Nullable Disposition> settlement = new AtomicReference<>();
  private volatile @Nullable EventStreamWriter stream;

  /**
   * How long the record is locked.
   *
   * @param lockedUntil by that clock
   */
  record Clock(LongSupplier nanos, long lockedUntil) {}

  Delivery(
      ConsumerRecord<byte[], byte[]> record,
      Priority lane,
      Clock clock,
      InFlightDeliveries inFlight,
      RequestRepublisher republisher) {
    this.record = record;
    this.lane = lane;
    this.clock = clock;
    this.inFlight = inFlight;
    this.republisher = republisher;
  }

  @Override
  public ConsumerRecord<byte[], byte[]> record() {
    return record;
  }

  Priority lane() {
    return lane;
  }

  /** Where the record lies. */
  public TopicOffset position() {
    return new TopicOffset(record.topic(), record.partition(), record.offset());
  }

  /** When the record was written, by the log's clock. */
  Instant requestedAt() {
    return Instant.ofEpochMilli(record.timestamp());
  }

  /** How often the record was delivered, this time included. */
  int deliveries() {
    return record.deliveryCount().map(Short::intValue).orElse(1);
  }

  /** The stream of its execution: once that has begun, the record is accepted. */
  void executedBy(EventStreamWriter execution) {
    stream = execution;
    var _ =
        execution
            .begun()
            .whenComplete(
                (_, failure) ->
                    acknowledgement.complete(
                        failure == null ? AcknowledgeType.ACCEPT : AcknowledgeType.RELEASE));
  }

  /** The stream of its execution; null while there is none. */
  @Nullable EventStreamWriter stream() {
    return stream;
  }

  /** How the record is acknowledged, once that is known. */
  public CompletableFuture<AcknowledgeType> acknowledgement() {
    return acknowledgement;
  }

  /** Nothing of it is in the log, and this worker does not begin. */
  void release() {
    settle(AcknowledgeType.RELEASE, Disposition.RELEASED);
  }

  void settle(AcknowledgeType type, Disposition how) {
    acknowledgement.complete(type);
    if (settlement.compareAndSet(null, how)) {
      inFlight.settled(this, how);
      EventStreamWriter execution = stream;
      if (execution != null) {
        execution.watch().over(how.answered());
      }
    }
  }

  @Override
  public boolean holds() {
    return clock.nanos().getAsLong() - clock.lockedUntil() < 0;
  }

  @Override
  public void answered(Outcome outcome) {
    settle(
        AcknowledgeType.ACCEPT,
        switch (outcome) {
          case FINISHED -> Disposition.FINISHED;
          case FAILED -> Disposition.FAILED;
          case CANCELLED -> Disposition.CANCELLED;
        });
  }

  @Override
  public void elsewhere() {
    settle(AcknowledgeType.ACCEPT, Disposition.SUPERSEDED);
  }

  @Override
  public void refused() {
    settle(AcknowledgeType.REJECT, Disposition.REJECTED);
  }

  @Override
  public void lost(Exception why) {
    EventStreamWriter execution = stream;
    if (execution == null || !execution.started()) {
      release();
    } else if (inFlight.stopped(this)) {
      var _ = execution.begun().whenComplete((_, failure) -> handOver(execution, failure));
    }
  }

  private void handOver(EventStreamWriter execution, @Nullable Throwable notBegun) {
    if (notBegun == null) {
      republisher.handOver(execution, this::handedOver);
    } else {
      release();
    }
  }

  private void handedOver() {
    settle(AcknowledgeType.ACCEPT, Disposition.HANDED_OVER);
  }
}
