package io.anyserve.worker.dispatch;

/** What became of a delivery. */
enum Disposition {
  /** A terminal event is in the log. */
  FINISHED,
  FAILED,
  CANCELLED,
  /** Another execution ended it, or a later attempt goes on with it. */
  SUPERSEDED,
  /** A copy, with the attempts made so far, waits to be acquired; this delivery did not begin. */
  REQUEUED,
  /** This execution began and stopped, and a copy waits to be acquired. */
  HANDED_OVER,
  /** A copy lies with the dead letters. */
  REJECTED,
  /** Nothing of it is in the log; the broker delivers it again. */
  RELEASED;

  /** This execution's terminal event is in the log. */
  boolean answered() {
    return switch (this) {
      case FINISHED, FAILED, CANCELLED -> true;
      case SUPERSEDED, REQUEUED, HANDED_OVER, REJECTED, RELEASED -> false;
    };
  }
}
