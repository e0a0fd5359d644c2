package io.anyserve.contracts.sampling;

import io.anyserve.contracts.validation.Preconditions;
import java.util.List;
import java.util.OptionalInt;

/**
 * What the caller wants of the answer. Defaults are filled in, except those of sampling, which only
 * the model knows.
 *
 * @param maxTokens the answer's length at most
 * @param stop the answer ends before the first of these
 * @param ignoreEos goes on to maxTokens where the model would end
 * @param logitBias changes the choice of every token
 * @param logprobs asks how likely each token was, beside that many of the likeliest ones; empty
 *     computes nothing
 */
public record GenerationParameters(
    int maxTokens,
    RequestedSampling sampling,
    List<String> stop,
    boolean ignoreEos,
    LogitBias logitBias,
    OptionalInt logprobs) {

  public static final int DEFAULT_MAX_TOKENS = 256;
  public static final int MAX_TOKENS = 131_072;
  public static final int MAX_STOPS = 16;
  public static final int MAX_STOP_LENGTH = 256;
  public static final int MAX_LOGPROBS = 20;

  public GenerationParameters {
    stop = List.copyOf(stop);
    Preconditions.that(
        maxTokens >= 1 && maxTokens <= MAX_TOKENS, "max_tokens", maxTokens, "1 to " + MAX_TOKENS);
    Preconditions.that(
        stop.size() <= MAX_STOPS, "stop", stop.size() + " strings", "at most " + MAX_STOPS);
    for (String string : stop) {
      Preconditions.that(
          !string.isEmpty() && string.length() <= MAX_STOP_LENGTH,
          "stop",
          Preconditions.printable(string),
          "1 to " + MAX_STOP_LENGTH + " characters");
      Preconditions.text("stop", string);
    }
    logprobs.ifPresent(
        top ->
            Preconditions.that(
                top >= 0 && top <= MAX_LOGPROBS, "logprobs", top, "0 to " + MAX_LOGPROBS));
  }

  /** Without bias and logprobs. */
  public GenerationParameters(
      int maxTokens, RequestedSampling sampling, List<String> stop, boolean ignoreEos) {
    this(maxTokens, sampling, stop, ignoreEos, LogitBias.NONE, OptionalInt.empty());
  }

  /** Leaves nothing of sampling to the model. */
  public GenerationParameters(
      int maxTokens, SamplingParams sampling, List<String> stop, boolean ignoreEos) {
    this(maxTokens, RequestedSampling.of(sampling), stop, ignoreEos);
  }

  /** The same with that bias. */
  public GenerationParameters with(LogitBias bias) {
    return new GenerationParameters(maxTokens, sampling, stop, ignoreEos, bias, logprobs);
  }

  /** The same, asking for logprobs with that many of the likeliest tokens. */
  public GenerationParameters withLogprobs(int top) {
    return new GenerationParameters(
        maxTokens, sampling, stop, ignoreEos, logitBias, OptionalInt.of(top));
  }

  public static GenerationParameters greedy(int maxTokens) {
    return new GenerationParameters(maxTokens, SamplingParams.GREEDY, List.of(), false);
  }
}
