package io.anyserve.contracts;

/** One accepted unit of work, as it lies on {@code requests.<capability>} and {@code intake}. */
public record InferenceRequest(
    RequestId id,
    RequestContext context,
    Payload input,
    Parameters parameters,
    Delivery delivery) {}
