package io.anyserve.router.intake;

import io.anyserve.contracts.Failure;
import io.anyserve.router.streams.RouterMetrics;

/**
 * What becomes of a request. It is made before anything is written or remembered of the request, so
 * that a request that makes the router fail leaves nothing half done.
 */
sealed interface IntakeDecision {

  /** It goes to a capability. */
  record Send(IntakeOutput.Routed work, RouterMetrics.RoutingOutcome way)
      implements IntakeDecision {}

  /** Its record would be larger than the broker takes. */
  record TooLarge(IntakeOutput.Routed work) implements IntakeDecision {}

  /** It is refused. */
  record Refuse(Failure failure) implements IntakeDecision {}
}
