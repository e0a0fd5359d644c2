package io.anyserve.contracts;

import io.anyserve.contracts.validation.Preconditions;

/**
 * Tokens read and written.
 *
 * @param cached of the prompt tokens, those found in a cache
 */
public record TokenUsage(long prompt, long completion, long cached) {

  public static final TokenUsage NONE = new TokenUsage(0, 0, 0);

  public TokenUsage {
    Preconditions.that(prompt >= 0, "usage.prompt_tokens", prompt, ">= 0");
    Preconditions.that(completion >= 0, "usage.completion_tokens", completion, ">= 0");
    Preconditions.that(
        cached >= 0 && cached <= prompt, "usage.cached_tokens", cached, "0 to " + prompt);
  }

  /** Sums that would be above 2^63 - 1 are that. */
  public TokenUsage plus(TokenUsage other) {
    return new TokenUsage(
        Saturation.add(prompt, other.prompt),
        Saturation.add(completion, other.completion),
        Saturation.add(cached, other.cached));
  }
}
