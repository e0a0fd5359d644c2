package io.anyserve.contracts;

import io.anyserve.contracts.sampling.GenerationParameters;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One accepted unit of work, as it lies on {@code requests.<capability>} and {@code intake}.
 *
 * @param tokenBudget of prompt and answer, over all attempts: the answer ends before it would need
 *     more; empty where no quota says so
 * @param kind what is to be done with the input
 */
public record InferenceRequest(
    RequestId id,
    RequestContext context,
    Payload input,
    GenerationParameters parameters,
    RoutingMetadata routing,
    Optional<Idempotency> idempotency,
    OptionalLong tokenBudget,
    RequestKind kind) {

  /** To be answered, without an idempotency key. */
  public InferenceRequest(
      RequestId id,
      RequestContext context,
      Payload input,
      GenerationParameters parameters,
      RoutingMetadata routing) {
    this(id, context, input, parameters, routing, Optional.empty());
  }

  /** To be answered, without a budget. */
  public InferenceRequest(
      RequestId id,
      RequestContext context,
      Payload input,
      GenerationParameters parameters,
      RoutingMetadata routing,
      Optional<Idempotency> idempotency) {
    this(
        id,
        context,
        input,
        parameters,
        routing,
        idempotency,
        OptionalLong.empty(),
        RequestKind.GENERATE);
  }

  /** The same work, travelling differently. */
  public InferenceRequest with(RoutingMetadata changed) {
    return new InferenceRequest(
        id, context, input, parameters, changed, idempotency, tokenBudget, kind);
  }

  /** The same work, with its content elsewhere. */
  public InferenceRequest with(Payload moved) {
    return new InferenceRequest(
        id, context, moved, parameters, routing, idempotency, tokenBudget, kind);
  }

  /** The same work, as one submission of an idempotency key. */
  public InferenceRequest with(Idempotency submission) {
    return new InferenceRequest(
        id, context, input, parameters, routing, Optional.of(submission), tokenBudget, kind);
  }

  /** The same work, of that caller. */
  public InferenceRequest with(RequestContext corrected) {
    return new InferenceRequest(
        id, corrected, input, parameters, routing, idempotency, tokenBudget, kind);
  }

  /** The same input, for that. */
  public InferenceRequest with(RequestKind other) {
    return new InferenceRequest(
        id, context, input, parameters, routing, idempotency, tokenBudget, other);
  }

  /** The same work, for which a quota reserved what it may use. */
  public InferenceRequest reserved(OptionalLong budget) {
    return new InferenceRequest(
        id, context.reservedOne(), input, parameters, routing, idempotency, budget, kind);
  }
}
