package io.anyserve.worker.answer;

import java.util.List;
import java.util.Optional;

/** How a model writes tool calls. */
public enum ToolCallFormat {
  /**
   * {@code <tool_call>{"name": .., "arguments": {..}}</tool_call>}, once for each call: Hermes,
   * Qwen 2.5 and Qwen 3.
   */
  HERMES,

  /**
   * {@code <tool_call><function=NAME><parameter=KEY>value</parameter></function></tool_call>}, in
   * which values are no JSON: Qwen3-Coder. The outer marks may be missing.
   */
  QWEN_CODER,

  /**
   * {@code {"name": .., "parameters": {..}}} as the whole answer, behind {@code <|python_tag|>} or
   * without it; further calls follow a semicolon: Llama 3.
   */
  LLAMA,

  /**
   * {@code [TOOL_CALLS]} with a list of {@code {"name": .., "arguments": {..}}} behind it, or
   * {@code [TOOL_CALLS]NAME[ARGS]{..}}, once for each call: Mistral.
   */
  MISTRAL;

  /** The format that a chat template teaches; empty where it teaches none of these. */
  public static Optional<ToolCallFormat> taughtBy(String template) {
    if (template.contains("[TOOL_CALLS]")) {
      return Optional.of(MISTRAL);
    }
    if (template.contains("<function=")) {
      return Optional.of(QWEN_CODER);
    }
    if (template.contains("<tool_call>")) {
      return Optional.of(HERMES);
    }
    boolean llama = template.contains("<|python_tag|>") || template.contains("ipython");
    return llama ? Optional.of(LLAMA) : Optional.empty();
  }

  /** What begins a call, wherever it comes. */
  List<String> openers() {
    return switch (this) {
      case HERMES -> List.of(Marks.TOOL_CALL);
      case QWEN_CODER -> List.of(Marks.TOOL_CALL, Marks.FUNCTION);
      case LLAMA -> List.of(Marks.PYTHON_TAG);
      case MISTRAL -> List.of(Marks.TOOL_CALLS);
    };
  }

  /** What may follow a call and belongs to it. */
  List<String> closers() {
    return switch (this) {
      case HERMES, QWEN_CODER -> List.of(Marks.TOOL_CALL_END);
      case LLAMA, MISTRAL -> List.of();
    };
  }

  /** All marks that may be special tokens of a model. */
  List<String> marks() {
    return switch (this) {
      case HERMES, QWEN_CODER -> List.of(Marks.TOOL_CALL, Marks.TOOL_CALL_END);
      case LLAMA -> List.of(Marks.PYTHON_TAG);
      case MISTRAL -> List.of(Marks.TOOL_CALLS, Marks.ARGS, Marks.CALL_ID);
    };
  }
}
