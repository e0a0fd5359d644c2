package io.anyserve.worker.consume;

import org.apache.kafka.clients.consumer.AcknowledgeType;

/** What became of a record that was taken. */
enum Disposition {
  /** A terminal event is in the log. */
  FINISHED(AcknowledgeType.ACCEPT),
  FAILED(AcknowledgeType.ACCEPT),
  CANCELLED(AcknowledgeType.ACCEPT),
  /** Another execution ended it, or a later attempt goes on with it. */
  SUPERSEDED(AcknowledgeType.ACCEPT),
  /** A copy, with the attempts made so far, waits to be taken. */
  REQUEUED(AcknowledgeType.ACCEPT),
  /** A copy lies with the dead letters. */
  REJECTED(AcknowledgeType.REJECT),
  /** Another attempt has to go on. */
  RELEASED(AcknowledgeType.RELEASE);

  private final AcknowledgeType acknowledgement;

  Disposition(AcknowledgeType acknowledgement) {
    this.acknowledgement = acknowledgement;
  }

  /** This execution's terminal event is in the log. */
  boolean answered() {
    return switch (this) {
      case FINISHED, FAILED, CANCELLED -> true;
      case SUPERSEDED, REQUEUED, REJECTED, RELEASED -> false;
    };
  }

  AcknowledgeType acknowledgement() {
    return acknowledgement;
  }
}
