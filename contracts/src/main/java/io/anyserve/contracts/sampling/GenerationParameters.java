package io.anyserve.contracts.sampling;

import io.anyserve.contracts.validation.Preconditions;
import java.util.List;
import java.util.OptionalInt;

/**
 * What the caller wants of the answer. Defaults are filled in, except those of sampling, which only
 * the model knows.
 *
 * @param maxTokens the answer's length at most
 * @param stop where the answer ends before that
 * @param logitBias changes the choice of every token
 * @param logprobs asks how likely each token was, beside that many of the likeliest ones; empty
 *     computes nothing
 * @param format what the answer's text must be
 */
public record GenerationParameters(
    int maxTokens,
    RequestedSampling sampling,
    StopCriteria stop,
    LogitBias logitBias,
    OptionalInt logprobs,
    OutputFormat format) {

  public static final int DEFAULT_MAX_TOKENS = 256;
  public static final int MAX_TOKENS = 131_072;
  public static final int MAX_LOGPROBS = 20;

  public GenerationParameters {
    Preconditions.that(
        maxTokens >= 1 && maxTokens <= MAX_TOKENS, "max_tokens", maxTokens, "1 to " + MAX_TOKENS);
    Preconditions.that(
        stop.minTokens() <= maxTokens,
        "min_tokens",
        stop.minTokens(),
        "at most max_tokens, " + maxTokens);
    logprobs.ifPresent(
        top ->
            Preconditions.that(
                top >= 0 && top <= MAX_LOGPROBS, "logprobs", top, "0 to " + MAX_LOGPROBS));
  }

  /** Without bias and logprobs, as any text. */
  public GenerationParameters(int maxTokens, RequestedSampling sampling, StopCriteria stop) {
    this(maxTokens, sampling, stop, LogitBias.NONE, OptionalInt.empty(), new OutputFormat.Text());
  }

  /** Ended by strings alone. */
  public GenerationParameters(
      int maxTokens, RequestedSampling sampling, List<String> stop, boolean ignoreEos) {
    this(maxTokens, sampling, new StopCriteria(stop, ignoreEos));
  }

  /** Leaves nothing of sampling to the model. */
  public GenerationParameters(
      int maxTokens, SamplingParams sampling, List<String> stop, boolean ignoreEos) {
    this(maxTokens, RequestedSampling.of(sampling), stop, ignoreEos);
  }

  /** The same with that bias. */
  public GenerationParameters with(LogitBias bias) {
    return new GenerationParameters(maxTokens, sampling, stop, bias, logprobs, format);
  }

  /** The same, ended by these criteria. */
  public GenerationParameters with(StopCriteria criteria) {
    return new GenerationParameters(maxTokens, sampling, criteria, logitBias, logprobs, format);
  }

  /** The same, in that format. */
  public GenerationParameters with(OutputFormat output) {
    return new GenerationParameters(maxTokens, sampling, stop, logitBias, logprobs, output);
  }

  /** The same, asking for logprobs with that many of the likeliest tokens. */
  public GenerationParameters withLogprobs(int top) {
    return new GenerationParameters(
        maxTokens, sampling, stop, logitBias, OptionalInt.of(top), format);
  }

  public static GenerationParameters greedy(int maxTokens) {
    return new GenerationParameters(maxTokens, SamplingParams.GREEDY, List.of(), false);
  }
}
