package io.anyserve.contracts.sampling;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/** What a caller asks for of a {@link Truncation}; the rest comes from the model. */
public record RequestedTruncation(
    OptionalDouble topP, OptionalInt topK, OptionalDouble minP, OptionalDouble typicalP) {

  /** Leaves everything to the model. */
  public static final RequestedTruncation NONE =
      new RequestedTruncation(
          OptionalDouble.empty(),
          OptionalInt.empty(),
          OptionalDouble.empty(),
          OptionalDouble.empty());

  public RequestedTruncation {
    topP.ifPresent(Truncation::checkTopP);
    topK.ifPresent(Truncation::checkTopK);
    minP.ifPresent(Truncation::checkMinP);
    typicalP.ifPresent(Truncation::checkTypicalP);
  }

  /** Leaves nothing to the model. */
  static RequestedTruncation of(Truncation truncation) {
    return new RequestedTruncation(
        OptionalDouble.of(truncation.topP()),
        OptionalInt.of(truncation.topK()),
        OptionalDouble.of(truncation.minP()),
        OptionalDouble.of(truncation.typicalP()));
  }

  Truncation resolve(Truncation model) {
    return new Truncation(
        topP.orElse(model.topP()),
        topK.orElse(model.topK()),
        minP.orElse(model.minP()),
        typicalP.orElse(model.typicalP()));
  }
}
