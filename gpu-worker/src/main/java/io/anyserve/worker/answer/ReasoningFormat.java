package io.anyserve.worker.answer;

import java.util.Arrays;
import java.util.Optional;

/** How a model sets apart what it thinks, at the beginning of its answer. */
public enum ReasoningFormat {
  /** Qwen 3, DeepSeek R1. */
  THINK("<think>", "</think>"),
  /** Magistral. */
  BRACKETS("[THINK]", "[/THINK]");

  private final String open;
  private final String close;

  ReasoningFormat(String open, String close) {
    this.open = open;
    this.close = close;
  }

  /** The format whose marks a chat template has; empty where it has none. */
  public static Optional<ReasoningFormat> taughtBy(String template) {
    return Arrays.stream(values()).filter(format -> template.contains(format.close)).findFirst();
  }

  public String open() {
    return open;
  }

  public String close() {
    return close;
  }

  /** Whether an answer to this prompt begins within the reasoning: the prompt has opened it. */
  public boolean openedBy(String prompt) {
    return prompt.stripTrailing().endsWith(open);
  }
}
