package io.anyserve.chaos.check;

import io.anyserve.chaos.client.ClientObservation;
import io.anyserve.chaos.client.ExpectedOutputs;
import io.anyserve.chaos.client.WorkloadGenerator;
import java.util.List;

/**
 * What a run should have left behind.
 *
 * @param seen by the callers
 * @param planted what was written on purpose
 */
public record CheckInput(
    WorkloadGenerator plan,
    ExpectedOutputs answers,
    List<ClientObservation> seen,
    List<PlantedRecord> planted) {

  public CheckInput {
    seen = List.copyOf(seen);
    planted = List.copyOf(planted);
  }
}
