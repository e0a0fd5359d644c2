package io.anyserve.worker.answer;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.tool.ToolChoice;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.contracts.tool.ToolOptions;
import io.anyserve.grammar.OutputGrammar;
import io.anyserve.grammar.regular.InvalidGrammarException;
import java.util.List;

/**
 * The answers that are one call of a tool, with arguments that fit its schema.
 *
 * @param format how the model writes calls
 * @param tools of which it must call one
 */
record CallGrammar(ToolCallFormat format, ToolOptions tools) implements AnswerGrammar {

  private static final String NO_ARGUMENTS = "{\"type\":\"object\",\"additionalProperties\":false}";
  private static final String ANY_ARGUMENTS = "{\"type\":\"object\"}";

  @Override
  public OutputGrammar compile() {
    return OutputGrammar.choice(choices().stream().map(this::call).toList());
  }

  private List<ToolDefinition> choices() {
    return switch (tools.choice()) {
      case ToolChoice.Function(String name) -> List.of(tools.named(name).orElseThrow());
      case ToolChoice.Auto(), ToolChoice.None(), ToolChoice.Required() -> tools.definitions();
    };
  }

  /** Names of tools need no escapes in JSON. */
  private OutputGrammar call(ToolDefinition tool) {
    return switch (format) {
      case HERMES ->
          call(
              Marks.TOOL_CALL + "\n{\"name\": \"" + tool.name() + "\", \"arguments\": ",
              tool,
              "}\n" + Marks.TOOL_CALL_END);
      case LLAMA -> call("{\"name\": \"" + tool.name() + "\", \"parameters\": ", tool, "}");
      case MISTRAL ->
          call(
              Marks.TOOL_CALLS + "[{\"name\": \"" + tool.name() + "\", \"arguments\": ",
              tool,
              "}]");
      case QWEN_CODER ->
          OutputGrammar.sequence(
              List.of(
                  OutputGrammar.literal(Marks.TOOL_CALL + "\n" + Marks.FUNCTION),
                  QwenCallGrammar.constrained(tool),
                  OutputGrammar.literal("\n" + Marks.TOOL_CALL_END)));
    };
  }

  private static OutputGrammar call(String before, ToolDefinition tool, String behind) {
    return OutputGrammar.sequence(
        List.of(OutputGrammar.literal(before), arguments(tool), OutputGrammar.literal(behind)));
  }

  /** Throws FailureException, INVALID_REQUEST, where the tool's schema cannot be kept to. */
  static OutputGrammar arguments(ToolDefinition tool) {
    String without = tool.strict() ? NO_ARGUMENTS : ANY_ARGUMENTS;
    try {
      return OutputGrammar.jsonSchema(tool.parameters().isEmpty() ? without : tool.parameters());
    } catch (InvalidGrammarException e) {
      throw new FailureException(
          FailureCode.INVALID_REQUEST, "tools: " + tool.name() + ": " + e.getMessage());
    }
  }
}
