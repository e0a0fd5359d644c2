package io.anyserve.contracts;

import java.util.Optional;

/** One accepted unit of work, as it lies on {@code requests.<capability>} and {@code intake}. */
public record InferenceRequest(
    RequestId id,
    RequestContext context,
    Payload input,
    Parameters parameters,
    Delivery delivery,
    Optional<Idempotency> idempotency) {

  /** Without an idempotency key. */
  public InferenceRequest(
      RequestId id,
      RequestContext context,
      Payload input,
      Parameters parameters,
      Delivery delivery) {
    this(id, context, input, parameters, delivery, Optional.empty());
  }

  /** The same work, travelling differently. */
  public InferenceRequest with(Delivery changed) {
    return new InferenceRequest(id, context, input, parameters, changed, idempotency);
  }
}
