package io.anyserve.runtime.streams;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long a consumer of Kafka Streams waits for records. While they trickle, it lets some gather
 * before it polls again; when none has come for a while, it waits longer than Kafka Streams asks,
 * whose threads otherwise turn ten or more times a second for nothing. A record ends each wait of a
 * poll. Owned by the thread that polls.
 */
final class PollPacing {

  /** At least so long in an idle poll. Kafka Streams cannot be closed meanwhile. */
  static final Duration IDLE_POLL = Duration.ofMillis(300);

  /**
   * After the last record a thread still has something to do between two polls: it commits, and
   * writes what the tasks collected in a second or less.
   */
  static final Duration BUSY = Duration.ofSeconds(3);

  /** A poll with fewer records is worth a wait for more. */
  static final int FEW = 500;

  private final long gathering;
  private final long busy;
  private final LongSupplier nanos;
  private long lastRecords;
  private boolean few;

  /**
   * @param gathering between a poll with few records and the next
   * @param busy how long after the last record polls are as short as Kafka Streams asks
   * @param nanos the clock
   */
  PollPacing(Duration gathering, Duration busy, LongSupplier nanos) {
    this.gathering = gathering.toNanos();
    this.busy = busy.toNanos();
    this.nanos = nanos;
    this.lastRecords = nanos.getAsLong();
  }

  /** Nanoseconds to wait before the next poll. */
  long pause() {
    return few ? Math.max(0, lastRecords + gathering - nanos.getAsLong()) : 0;
  }

  /**
   * How long the next poll waits.
   *
   * @param wanted by Kafka Streams
   */
  Duration timeout(Duration wanted) {
    boolean idle = nanos.getAsLong() - lastRecords > busy;
    return idle && wanted.isPositive() && wanted.compareTo(IDLE_POLL) < 0 ? IDLE_POLL : wanted;
  }

  /** A poll has returned so many records. */
  void polled(int records) {
    few = records > 0 && records < FEW;
    if (records > 0) {
      lastRecords = nanos.getAsLong();
    }
  }
}
