package io.anyserve.contracts.sampling;

import java.util.OptionalDouble;

/** What a caller asks for of {@link Penalties}; the rest comes from the model. */
public record RequestedPenalties(
    OptionalDouble presence, OptionalDouble frequency, OptionalDouble repetition) {

  /** Leaves everything to the model. */
  public static final RequestedPenalties NONE =
      new RequestedPenalties(
          OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.empty());

  public RequestedPenalties {
    presence.ifPresent(Penalties::checkPresence);
    frequency.ifPresent(Penalties::checkFrequency);
    repetition.ifPresent(Penalties::checkRepetition);
  }

  /** Leaves nothing to the model. */
  static RequestedPenalties of(Penalties penalties) {
    return new RequestedPenalties(
        OptionalDouble.of(penalties.presence()),
        OptionalDouble.of(penalties.frequency()),
        OptionalDouble.of(penalties.repetition()));
  }

  Penalties resolve(Penalties model) {
    return new Penalties(
        presence.orElse(model.presence()),
        frequency.orElse(model.frequency()),
        repetition.orElse(model.repetition()));
  }
}
