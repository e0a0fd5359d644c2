package io.anyserve.chaos.client;

import java.util.List;

/**
 * What a request asks the model for: the same content has the same answer.
 *
 * @param ignoreEos the answer has all of its tokens, though the model would end before
 * @param chat the prompt is the only message of a chat
 */
public record PromptSpec(
    String prompt, long seed, int maxTokens, boolean ignoreEos, List<String> stop, boolean chat) {

  /** Of every request. */
  public static final double TEMPERATURE = 0.8;

  public PromptSpec {
    stop = List.copyOf(stop);
  }

  /** An answer that may end before. */
  public PromptSpec(String prompt, long seed, int maxTokens, List<String> stop) {
    this(prompt, seed, maxTokens, false, stop, false);
  }

  /** The same as the only message of a chat. */
  public PromptSpec asChat() {
    return new PromptSpec(prompt, seed, maxTokens, ignoreEos, stop, true);
  }
}
