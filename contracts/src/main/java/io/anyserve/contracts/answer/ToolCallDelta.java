package io.anyserve.contracts.answer;

/**
 * A piece of a tool call.
 *
 * @param index of the call in the answer, from 0
 * @param id with the first delta of an index only, else empty
 * @param name with the first delta of an index only, else empty
 * @param arguments the next piece of the arguments; may be empty
 */
public record ToolCallDelta(int index, String id, String name, String arguments) {

  public ToolCallDelta {
    if (index < 0) {
      throw new IllegalArgumentException("tool_call.index: " + index + " (expected: >= 0)");
    }
  }

  /** Begins a call. */
  public boolean first() {
    return !name.isEmpty();
  }
}
