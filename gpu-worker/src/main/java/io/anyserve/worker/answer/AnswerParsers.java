package io.anyserve.worker.answer;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.tool.ToolChoice;
import io.anyserve.contracts.tool.ToolOptions;

/**
 * Makes the parsers of one model's answers, and refuses what the model cannot do.
 *
 * @param format how it writes its answers
 */
public record AnswerParsers(AnswerFormat format) {

  /** Of a model whose answers are text. */
  public static final AnswerParsers PLAIN = new AnswerParsers(AnswerFormat.PLAIN);

  /** What answers may have beside text. */
  public AnswerKinds kinds() {
    return new AnswerKinds(format.toolCalls().isPresent(), format.reasoning().isPresent());
  }

  /** Throws FailureException where the input asks for tools in a way that the model has not. */
  public void requireOffered(Payload input) {
    if (input instanceof Payload.Chat chat && chat.tools().callable()) {
      requireFormat();
      requireAuto(chat.tools().choice());
    }
  }

  private void requireFormat() {
    if (format.toolCalls().isEmpty()) {
      throw invalid("tools: set (expected: none, the model's chat template takes no tools)");
    }
  }

  /** Only a constrained answer is certain to call a tool, and answers are not constrained yet. */
  private static void requireAuto(ToolChoice choice) {
    switch (choice) {
      case ToolChoice.Auto(), ToolChoice.None() -> {}
      case ToolChoice.Required() -> throw invalid("tool_choice: required (expected: auto or none)");
      case ToolChoice.Function(String name) ->
          throw invalid("tool_choice: " + name + " (expected: auto or none)");
    }
  }

  /**
   * The parser of an answer. Only answers in a conversation have more than text.
   *
   * @param promptEnd what the template wrote at the end of the prompt
   */
  public AnswerParser parser(Payload input, String promptEnd) {
    return switch (input) {
      case Payload.Chat chat ->
          new AnswerParser(
              format,
              chat.tools(),
              format.reasoning().map(thinking -> thinking.openedBy(promptEnd)).orElse(false));
      case Payload.Text _, Payload.Bytes _, Payload.ObjectReference _ ->
          new AnswerParser(AnswerFormat.PLAIN, ToolOptions.NONE, false);
    };
  }

  private static FailureException invalid(String message) {
    return new FailureException(FailureCode.INVALID_REQUEST, message);
  }
}
