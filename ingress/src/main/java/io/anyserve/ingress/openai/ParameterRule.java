package io.anyserve.ingress.openai;

import java.util.Set;

/** What becomes of a parameter. */
public sealed interface ParameterRule {

  /** It is read and does what it says. */
  record Honoured() implements ParameterRule {}

  /** It changes nothing in an answer, here or elsewhere, such as a hint to a cache. */
  record WithoutEffect() implements ParameterRule {}

  /**
   * It asks for something that no capability offers.
   *
   * @param neutral values that ask for nothing, as JSON; they are let through
   */
  record NotOffered(Set<String> neutral) implements ParameterRule {

    public NotOffered {
      neutral = Set.copyOf(neutral);
    }
  }
}
