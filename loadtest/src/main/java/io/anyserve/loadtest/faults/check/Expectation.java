package io.anyserve.loadtest.faults.check;

import io.anyserve.contracts.LogPosition;
import io.anyserve.loadtest.faults.traffic.Answers;
import io.anyserve.loadtest.faults.traffic.AskPlan;
import io.anyserve.loadtest.faults.traffic.Seen;
import java.util.List;

/**
 * What a run should have left behind.
 *
 * @param seen by the callers
 * @param malformed records that were planted where somebody must explain them
 */
public record Expectation(
    AskPlan plan, Answers answers, List<Seen> seen, List<LogPosition> malformed) {

  public Expectation {
    seen = List.copyOf(seen);
    malformed = List.copyOf(malformed);
  }
}
