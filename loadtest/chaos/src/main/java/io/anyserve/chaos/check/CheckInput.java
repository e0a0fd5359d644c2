package io.anyserve.chaos.check;

import io.anyserve.chaos.client.ClientObservation;
import io.anyserve.chaos.client.ExpectedOutputs;
import io.anyserve.chaos.client.TestRequest;
import java.util.List;
import java.util.function.IntFunction;

/**
 * What a run should have left behind.
 *
 * @param plan the request with an index
 * @param seen by the callers
 * @param planted what was written on purpose
 */
public record CheckInput(
    IntFunction<TestRequest> plan,
    ExpectedOutputs answers,
    List<ClientObservation> seen,
    List<PlantedRecord> planted) {

  public CheckInput {
    seen = List.copyOf(seen);
    planted = List.copyOf(planted);
  }
}
