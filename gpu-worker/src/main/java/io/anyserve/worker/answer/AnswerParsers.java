package io.anyserve.worker.answer;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.tool.ToolChoice;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.contracts.tool.ToolOptions;
import java.util.Optional;

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
    }
  }

  /**
   * Throws FailureException where the input asks for a call that the engine cannot enforce.
   *
   * @see #requiredCall
   */
  public void requireFreeChoice(Payload input) {
    if (input instanceof Payload.Chat chat) {
      requireAuto(chat.tools().choice());
    }
  }

  /** The call that the answer must be, where the input asks for one. */
  public Optional<AnswerGrammar> requiredCall(Payload input) {
    if (!(input instanceof Payload.Chat chat)) {
      return Optional.empty();
    }
    return switch (chat.tools().choice()) {
      case ToolChoice.Auto(), ToolChoice.None() -> Optional.empty();
      case ToolChoice.Required(), ToolChoice.Function(_) ->
          format.toolCalls().map(calls -> new CallGrammar(calls, chat.tools()));
    };
  }

  /**
   * What keeps the arguments of strict tools to their schemas, where the model may call some.
   *
   * @param promptEnd what the template wrote at the end of the prompt
   */
  public Optional<AnswerGrammar> strictCalls(Payload input, String promptEnd) {
    if (!(input instanceof Payload.Chat chat) || !mayCallStrictly(chat.tools())) {
      return Optional.empty();
    }
    boolean thinking = thinking(promptEnd);
    return format
        .toolCalls()
        .map(calls -> new StrictCallGrammar(calls, format, chat.tools(), thinking));
  }

  private static boolean mayCallStrictly(ToolOptions tools) {
    return switch (tools.choice()) {
      case ToolChoice.Auto() -> tools.definitions().stream().anyMatch(ToolDefinition::strict);
      case ToolChoice.None(), ToolChoice.Required(), ToolChoice.Function(_) -> false;
    };
  }

  private boolean thinking(String promptEnd) {
    return format.reasoning().map(reasoning -> reasoning.openedBy(promptEnd)).orElse(false);
  }

  private void requireFormat() {
    if (format.toolCalls().isEmpty()) {
      throw invalid("tools: set (expected: none, the model's chat template takes no tools)");
    }
  }

  private static void requireAuto(ToolChoice choice) {
    switch (choice) {
      case ToolChoice.Auto(), ToolChoice.None() -> {}
      case ToolChoice.Required() -> throw invalid("tool_choice: required (expected: auto or none)");
      case ToolChoice.Function(String name) ->
          throw invalid("tool_choice: " + name + " (expected: auto or none)");
    }
  }

  /**
   * What the model must write before its answer proper, where the prompt has opened its reasoning.
   *
   * @param promptEnd what the template wrote at the end of the prompt
   */
  public Optional<String> reasoningEnd(Payload input, String promptEnd) {
    return input instanceof Payload.Chat
        ? format
            .reasoning()
            .filter(thinking -> thinking.openedBy(promptEnd))
            .map(ReasoningFormat::close)
        : Optional.empty();
  }

  /**
   * The parser of an answer. Only answers in a conversation have more than text.
   *
   * @param promptEnd what the template wrote at the end of the prompt
   */
  public AnswerParser parser(Payload input, String promptEnd) {
    return switch (input) {
      case Payload.Chat chat -> new AnswerParser(format, chat.tools(), thinking(promptEnd));
      case Payload.Text _, Payload.Bytes _, Payload.ObjectReference _ ->
          new AnswerParser(AnswerFormat.PLAIN, ToolOptions.NONE, false);
    };
  }

  private static FailureException invalid(String message) {
    return new FailureException(FailureCode.INVALID_REQUEST, message);
  }
}
