package io.anyserve.chaos;

import io.anyserve.chaos.client.ChaosClient;
import java.util.List;

/**
 * One fault as it happened; times in nanoseconds by the suite's clock.
 *
 * @param target for people
 * @param lifted when its cause was gone
 * @param steady when service was seen to go on: a request that began afterwards had finished
 * @param open callers that waited for something when it came
 * @param affected those of them that had to do with the target
 * @param backlog the callers that waited meanwhile
 */
record Injection(
    FaultKind kind,
    String target,
    long at,
    long lifted,
    long steady,
    int open,
    List<ChaosClient> affected,
    Backlog backlog) {

  /** The last event may lie a little before the cause; what was silent before has another one. */
  private static final long BEFORE_NANOS = 250_000_000L;

  private static final double NANOS_PER_SECOND = 1e9;

  Injection {
    affected = List.copyOf(affected);
  }

  /** The longest silence of each affected stream, nanoseconds. */
  List<Long> gaps() {
    return affected.stream()
        .filter(ChaosClient::streams)
        .map(run -> run.longestGap(at - BEFORE_NANOS, lifted))
        .toList();
  }

  /** Seconds until service was seen to go on. */
  double outage() {
    return (steady - at) / NANOS_PER_SECOND;
  }

  /** Seconds until its backlog was gone; negative where it never was. */
  double drained() {
    return backlog.drained() ? (backlog.over() - at) / NANOS_PER_SECOND : -1;
  }

  /** A request that lived in that stretch may have felt it. */
  boolean during(long begin, long end) {
    return begin <= steady && end >= at;
  }
}
