package io.anyserve.loadtest.trace;

import java.util.List;

/**
 * One request of a trace.
 *
 * @param nanos since the first request of the trace
 * @param blocks ids of the blocks of its prompt: prompts that begin with the same ids begin with
 *     the same text; empty where the trace does not tell
 */
public record TraceRequest(long nanos, int promptTokens, int answerTokens, List<Long> blocks) {

  public TraceRequest {
    if (nanos < 0) {
      throw new IllegalArgumentException("time: " + nanos + " ns (expected: >= 0)");
    }
    if (promptTokens < 0) {
      throw new IllegalArgumentException("prompt: " + promptTokens + " tokens (expected: >= 0)");
    }
    if (answerTokens < 0) {
      throw new IllegalArgumentException("answer: " + answerTokens + " tokens (expected: >= 0)");
    }
    blocks = List.copyOf(blocks);
  }
}
