package io.anyserve.worker.answer;

import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.contracts.tool.ToolOptions;
import io.anyserve.grammar.Mark;
import io.anyserve.grammar.OutputGrammar;
import io.anyserve.grammar.Trigger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Answers in which the model may call tools, and in which arguments of strict tools fit their
 * schemas. Text and reasoning are free up to what begins a call in the model's format; what follows
 * is a call of one of the tools, and then text is free again.
 *
 * @param calls how the model writes calls
 * @param format of its answers
 * @param thinking the prompt has opened the reasoning
 */
record StrictCallGrammar(
    ToolCallFormat calls, AnswerFormat format, ToolOptions tools, boolean thinking)
    implements AnswerGrammar {

  /** What the parser takes for white space. */
  private static final String SPACES =
      "\\t-\\r\\u001c-\\u0020\\u1680\\u2000-\\u2006\\u2008-\\u200a\\u2028\\u2029\\u205f\\u3000";

  private static final String JSON_SPACES = "[ \\t\\r\\n]*";

  /** Behind it comes the name of a tool. */
  private static final String BARE_CALL =
      "\\{" + JSON_SPACES + "\"name\"" + JSON_SPACES + ":" + JSON_SPACES + "\"";

  @Override
  public OutputGrammar compile() {
    return switch (calls) {
      case HERMES ->
          everywhere(trigger(Marks.TOOL_CALL, each("\\n? ?\\{\"name\": ?\"", this::jsonArguments)));
      case MISTRAL -> everywhere(trigger(Marks.TOOL_CALLS, mistral()));
      case QWEN_CODER -> qwen();
      case LLAMA -> llama();
    };
  }

  private static OutputGrammar everywhere(Trigger... triggers) {
    return OutputGrammar.freeText(List.of(triggers), List.of(triggers));
  }

  private static Trigger trigger(String mark, OutputGrammar document) {
    return new Trigger(SpecialMarks.spellings(mark), "", document);
  }

  /** The same text before the call of each tool. */
  private OutputGrammar each(String before, Function<ToolDefinition, OutputGrammar> call) {
    OutputGrammar any = OutputGrammar.choice(tools.definitions().stream().map(call).toList());
    return before.isEmpty()
        ? any
        : OutputGrammar.sequence(List.of(OutputGrammar.regex(before), any));
  }

  private OutputGrammar jsonArguments(ToolDefinition tool) {
    return object(tool, "arguments");
  }

  /** A call from the name on. */
  private OutputGrammar object(ToolDefinition tool, String key) {
    return OutputGrammar.sequence(
        List.of(
            OutputGrammar.regex(tool.name() + "\", ?\"" + key + "\": ?"),
            arguments(tool),
            OutputGrammar.regex("\\s?\\}")));
  }

  private static OutputGrammar arguments(ToolDefinition tool) {
    return tool.strict() ? CallGrammar.arguments(tool) : OutputGrammar.json();
  }

  /** A list of calls, or one behind its name. */
  private OutputGrammar mistral() {
    OutputGrammar element = each("\\{\"name\": ?\"", this::jsonArguments);
    OutputGrammar list =
        OutputGrammar.sequence(List.of(OutputGrammar.regex(" ?"), OutputGrammar.array(element)));
    return OutputGrammar.choice(List.of(list, each("", StrictCallGrammar::named)));
  }

  private static OutputGrammar named(ToolDefinition tool) {
    OutputGrammar id =
        OutputGrammar.sequence(
            List.of(mark(Marks.CALL_ID), OutputGrammar.regex("[0-9a-zA-Z]{1,32}")));
    return OutputGrammar.sequence(
        List.of(
            OutputGrammar.literal(tool.name()),
            OutputGrammar.choice(List.of(OutputGrammar.literal(""), id)),
            OutputGrammar.choice(List.of(OutputGrammar.literal(""), mark(Marks.ARGS))),
            arguments(tool)));
  }

  private static OutputGrammar mark(String mark) {
    return OutputGrammar.choice(
        SpecialMarks.spellings(mark).stream().map(OutputGrammar::mark).toList());
  }

  private OutputGrammar qwen() {
    OutputGrammar function = each("", QwenCallGrammar::free);
    return everywhere(
        trigger(
            Marks.TOOL_CALL,
            OutputGrammar.sequence(
                List.of(OutputGrammar.regex("\\n?" + Marks.FUNCTION), function))),
        trigger(Marks.FUNCTION, function));
  }

  /** Without a mark, a call is the beginning of the text or follows another one. */
  private OutputGrammar llama() {
    OutputGrammar behindName = each("", tool -> object(tool, "parameters"));
    OutputGrammar marked =
        OutputGrammar.sequence(List.of(OutputGrammar.regex(" ?\\{\"name\": ?\""), behindName));
    Trigger tag = trigger(Marks.PYTHON_TAG, marked);
    List<Trigger> first = new ArrayList<>(List.of(tag));
    if (!thinking) {
      first.add(new Trigger(List.of(), "[" + SPACES + "]*" + BARE_CALL, behindName));
    }
    List<Mark> closers =
        format.reasoning().stream()
            .flatMap(reasoning -> SpecialMarks.spellings(reasoning.close()).stream())
            .collect(Collectors.toList());
    if (!closers.isEmpty()) {
      first.add(new Trigger(closers, "[" + SPACES + "]*" + BARE_CALL, behindName));
    }
    Trigger next = new Trigger(List.of(), "[;," + SPACES + "]*" + BARE_CALL, behindName);
    return OutputGrammar.freeText(first, List.of(tag, next));
  }
}
