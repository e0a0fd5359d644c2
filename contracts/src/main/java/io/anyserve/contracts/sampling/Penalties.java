package io.anyserve.contracts.sampling;

import io.anyserve.contracts.validation.Preconditions;

/**
 * What tokens lose in their logit for being in the answer already; the prompt does not count. As
 * OpenAI defines them: {@code logit - presence * (count > 0) - frequency * count}.
 *
 * @param presence once, however often the token is there; negative values favour it
 * @param frequency for each time that it is there
 */
public record Penalties(double presence, double frequency) {

  public static final double MOST = 2;

  public static final Penalties NONE = new Penalties(0, 0);

  public Penalties {
    checkPresence(presence);
    checkFrequency(frequency);
  }

  static void checkPresence(double presence) {
    check("presence_penalty", presence);
  }

  static void checkFrequency(double frequency) {
    check("frequency_penalty", frequency);
  }

  private static void check(String name, double value) {
    Preconditions.that(value >= -MOST && value <= MOST, name, value, -MOST + " to " + MOST);
  }

  public boolean none() {
    return presence == 0 && frequency == 0;
  }

  /** What a token loses that is in the answer that often. */
  public double of(int count) {
    return count > 0 ? presence + frequency * count : 0;
  }
}
