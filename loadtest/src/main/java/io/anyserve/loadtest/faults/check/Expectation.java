package io.anyserve.loadtest.faults.check;

import io.anyserve.loadtest.faults.traffic.Answers;
import io.anyserve.loadtest.faults.traffic.AskPlan;
import io.anyserve.loadtest.faults.traffic.Seen;
import java.util.List;

/**
 * What a run should have left behind.
 *
 * @param seen by the callers
 * @param planted what was written on purpose
 */
public record Expectation(AskPlan plan, Answers answers, List<Seen> seen, List<Planted> planted) {

  public Expectation {
    seen = List.copyOf(seen);
    planted = List.copyOf(planted);
  }
}
