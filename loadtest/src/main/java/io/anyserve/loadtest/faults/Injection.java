package io.anyserve.loadtest.faults;

import io.anyserve.loadtest.faults.traffic.AskRun;
import java.util.List;

/**
 * One fault as it happened; times in nanoseconds by the suite's clock.
 *
 * @param target for people
 * @param lifted when its cause was gone
 * @param steady when service was seen to go on: a request that began afterwards had finished
 * @param open callers that waited for something when it came
 * @param affected those of them that had to do with the target
 */
record Injection(
    FaultKind kind,
    String target,
    long at,
    long lifted,
    long steady,
    int open,
    List<AskRun> affected) {

  /** The last event may lie a little before the cause; what was silent before has another one. */
  private static final long BEFORE_NANOS = 250_000_000L;

  Injection {
    affected = List.copyOf(affected);
  }

  /** The longest silence of each affected stream, nanoseconds. */
  List<Long> gaps() {
    return affected.stream()
        .filter(AskRun::streams)
        .map(run -> run.longestGap(at - BEFORE_NANOS, lifted))
        .toList();
  }

  /** A request that lived in that stretch may have felt it. */
  boolean during(long begin, long end) {
    return begin <= steady && end >= at;
  }
}
