package io.anyserve.chaos.client;

import java.util.List;

/** What a request asks the model for: the same content has the same answer. */
public record PromptSpec(String prompt, long seed, int maxTokens, List<String> stop) {

  /** Of every request. */
  public static final double TEMPERATURE = 0.8;

  public PromptSpec {
    stop = List.copyOf(stop);
  }
}
