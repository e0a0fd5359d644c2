package io.anyserve.contracts;

/** Why an answer is complete. */
public enum FinishReason {
  /** The model ended it, or a stop string came up. */
  STOP,
  /** max_tokens or the model's context was reached. */
  LENGTH,
  /** The model ended it after at least one tool call. */
  TOOL_CALLS
}
