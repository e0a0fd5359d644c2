package io.anyserve.contracts.sampling;

import io.anyserve.contracts.validation.Preconditions;

/**
 * What the logits of tokens lose that were there before. The repetition penalty is for tokens of
 * prompt and answer, as Keskar et al., "CTRL" (2019), and transformers define it: a positive logit
 * is divided by it, a negative one multiplied. Then come those for tokens of the answer alone, as
 * OpenAI defines them: {@code logit - presence * (count > 0) - frequency * count}.
 *
 * @param presence once, however often the token is there; negative values favour it
 * @param frequency for each time that it is there
 * @param repetition 1 changes nothing, less than 1 favours repetition
 */
public record Penalties(double presence, double frequency, double repetition) {

  public static final double MOST = 2;
  public static final double LEAST_REPETITION = 0.01;
  public static final double MOST_REPETITION = 10;

  public static final Penalties NONE = new Penalties(0, 0);

  public Penalties {
    checkPresence(presence);
    checkFrequency(frequency);
    checkRepetition(repetition);
  }

  /** Without one for repetition. */
  public Penalties(double presence, double frequency) {
    this(presence, frequency, 1);
  }

  static void checkPresence(double presence) {
    check("presence_penalty", presence, -MOST, MOST);
  }

  static void checkFrequency(double frequency) {
    check("frequency_penalty", frequency, -MOST, MOST);
  }

  static void checkRepetition(double repetition) {
    check("repetition_penalty", repetition, LEAST_REPETITION, MOST_REPETITION);
  }

  private static void check(String name, double value, double least, double most) {
    Preconditions.that(value >= least && value <= most, name, value, least + " to " + most);
  }

  /** Whether the answer's tokens lose nothing by presence and frequency. */
  public boolean additiveNone() {
    return presence == 0 && frequency == 0;
  }

  /** What a token loses that is in the answer that often. */
  public double of(int count) {
    return count > 0 ? presence + frequency * count : 0;
  }
}
