package io.anyserve.chaos;

import io.anyserve.chaos.cluster.ClusterComponents;
import java.util.List;

/**
 * One run of the suite.
 *
 * @param requests at least
 * @param faults at least; the load goes on until both are reached
 * @param rate requests a second
 * @param calibrated half of what the machine carries instead, where that is less
 * @param variety different contents of requests
 * @param large some prompts travel through the object store
 */
public record FaultPlan(
    ClusterComponents.Plan site,
    int requests,
    int faults,
    double rate,
    boolean calibrated,
    int variety,
    boolean large,
    List<FaultKind> kinds) {

  public FaultPlan {
    kinds = List.copyOf(kinds);
    if (requests < 1) {
      throw new IllegalArgumentException("requests: " + requests + " (expected: >= 1)");
    }
    if (faults < 1) {
      throw new IllegalArgumentException("faults: " + faults + " (expected: >= 1)");
    }
  }
}
