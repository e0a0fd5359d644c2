package io.anyserve.worker.answer;

import io.anyserve.contracts.tool.ToolChoice;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.contracts.tool.ToolOptions;
import java.util.List;
import java.util.stream.Stream;

/** Answers of all formats, and of what is nearly one. */
final class AnswerSamples {

  static final ToolOptions TOOLS =
      new ToolOptions(
          List.of(
              new ToolDefinition(
                  "weather",
                  "",
                  """
                  {"type": "object", "properties": {"city": {"type": "string"},
                   "days": {"type": "integer"}, "parts": {"type": "array"},
                   "exact": {"type": "boolean"}}}""",
                  false),
              new ToolDefinition("time", "", "", false)),
          ToolChoice.AUTO,
          true);

  static final String HERMES =
      "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Rom{e}\\\"\"}}\n</tool_call>";
  static final String ROME = "weather {\"city\": \"Rom{e}\\\"\"}";
  static final String TIME = "<tool_call>{\"name\":\"time\",\"arguments\":{}}</tool_call>";

  private AnswerSamples() {}

  /** All of them. */
  static Stream<AnswerSample> all() {
    return Stream.of(hermes(), hermesText(), thinking(), llama(), mistral(), qwenCoder())
        .flatMap(samples -> samples);
  }

  private static AnswerSample sample(
      String name, ToolCallFormat format, String written, String text, String... calls) {
    return new AnswerSample(name, format, false, written, "", text, List.of(calls));
  }

  private static Stream<AnswerSample> hermes() {
    return Stream.of(
        sample("one", ToolCallFormat.HERMES, HERMES, "", ROME),
        sample("behind text", ToolCallFormat.HERMES, "I look.\n" + HERMES, "I look.", ROME),
        sample("two", ToolCallFormat.HERMES, HERMES + "\n" + TIME, "", ROME, "time {}"),
        sample("text behind", ToolCallFormat.HERMES, HERMES + "\nDone. \n", "Done. \n", ROME),
        sample(
            "only text", ToolCallFormat.HERMES, " \nHello,\n <b> you \n", " \nHello,\n <b> you \n"),
        sample(
            "keys in another order",
            ToolCallFormat.HERMES,
            "<tool_call>{\"id\": 7, \"arguments\": {\"a\": [1]}, \"name\": \"time\"}</tool_call>",
            "",
            "time {\"a\": [1]}"),
        sample(
            "without arguments",
            ToolCallFormat.HERMES,
            "<tool_call>{\"name\": \"time\"}</tool_call>",
            "",
            "time {}"),
        sample(
            "arguments in a string",
            ToolCallFormat.HERMES,
            "<tool_call>{\"name\": \"time\", \"arguments\": \"{\\\"a\\\": 1}\"}</tool_call>",
            "",
            "time {\"a\": 1}"),
        sample(
            "null",
            ToolCallFormat.HERMES,
            "<tool_call>{\"name\": \"time\", \"arguments\": null}</tool_call>",
            "",
            "time {}"),
        sample(
            "cut off",
            ToolCallFormat.HERMES,
            "<tool_call>{\"name\": \"weather\", \"arguments\": {\"city\": \"Ro",
            "",
            "weather {\"city\": \"Ro"),
        sample(
            "one brace too few",
            ToolCallFormat.HERMES,
            "<tool_call>{\"name\": \"weather\", \"arguments\": {\"a\": 1}</tool_call>\n" + TIME,
            "",
            "weather {\"a\": 1}",
            "time {}"),
        sample(
            "one brace too many",
            ToolCallFormat.HERMES,
            "<tool_call>{\"name\": \"time\", \"arguments\": {}}}</tool_call>",
            "}</tool_call>",
            "time {}"));
  }

  private static Stream<AnswerSample> hermesText() {
    return Stream.of(
            "<tool_call>{\"name\": \"nobody\", \"arguments\": {}}</tool_call>",
            "<tool_call>{\"name\": \"time\", \"arguments\": [1]}</tool_call>",
            "<tool_call>{\"name\": \"time\", \"arguments\": \"now\"}</tool_call>",
            "<tool_call>{\"name\": \"ti",
            "<tool_call>{\"arguments\": {}}</tool_call>",
            "<tool_call>{\"name\": time}</tool_call> and more",
            "<tool_call>",
            "</tool_call>",
            "<tool_",
            "a <tool_call> b </tool_call> c",
            "{\"name\": \"time\", \"arguments\": {}}")
        .map(text -> sample(text, ToolCallFormat.HERMES, text, text));
  }

  private static Stream<AnswerSample> thinking() {
    return Stream.of(
        new AnswerSample(
            "thinks",
            ToolCallFormat.HERMES,
            false,
            "<think>\nHm.\n\nYes <b>.\n</think>\n\nHello.",
            "Hm.\n\nYes <b>.",
            "Hello.",
            List.of()),
        new AnswerSample(
            "thinks, as the prompt says",
            ToolCallFormat.HERMES,
            true,
            "\nHm.\n</think>\n\nHello.",
            "Hm.",
            "Hello.",
            List.of()),
        new AnswerSample(
            "thinks and calls",
            ToolCallFormat.HERMES,
            true,
            "Hm.</think>\n\n" + HERMES,
            "Hm.",
            "",
            List.of(ROME)),
        new AnswerSample(
            "calls without the end of thinking",
            ToolCallFormat.HERMES,
            true,
            "Hm.\n" + HERMES,
            "Hm.",
            "",
            List.of(ROME)),
        new AnswerSample(
            "thinks of a call that is none",
            ToolCallFormat.HERMES,
            true,
            "I need <tool_call>.</think>Hello.",
            "I need <tool_call>.",
            "Hello.",
            List.of()),
        new AnswerSample(
            "thinks nothing",
            ToolCallFormat.HERMES,
            false,
            "<think>\n\n</think>\n\nHi.",
            "",
            "Hi.",
            List.of()),
        new AnswerSample(
            "never ends", ToolCallFormat.HERMES, true, "Hm.\n</thi", "Hm.\n</thi", "", List.of()),
        new AnswerSample(
            "later mark",
            ToolCallFormat.HERMES,
            false,
            "No <think>.</think>",
            "",
            "No <think>.</think>",
            List.of()),
        new AnswerSample(
            "marks as special tokens",
            ToolCallFormat.HERMES,
            false,
            "¦<think>¦\nHm.\n¦</think>¦\n\n¦<tool_call>¦"
                + "{\"name\": \"time\", \"arguments\": {}}¦</tool_call>¦",
            "Hm.",
            "",
            List.of("time {}")));
  }

  private static Stream<AnswerSample> llama() {
    String rome = "{\"name\": \"weather\", \"parameters\": {\"city\": \"Rome\"}}";
    String called = "weather {\"city\": \"Rome\"}";
    String json = "{\"city\": \"Rome\", \"name\": \"weather\", \"parameters\": {}}";
    String unknown = "{\"name\": \"nobody\", \"parameters\": {}}";
    return Stream.of(
        sample("llama", ToolCallFormat.LLAMA, rome, "", called),
        sample("llama, special", ToolCallFormat.LLAMA, "¦<|python_tag|>¦" + rome, "", called),
        sample("llama, mark as text", ToolCallFormat.LLAMA, "<|python_tag|>" + rome, "", called),
        sample("llama, two", ToolCallFormat.LLAMA, rome + "; " + rome + "\n", "", called, called),
        sample(
            "llama, type first",
            ToolCallFormat.LLAMA,
            "\n{\"type\": \"function\", \"name\": \"time\", \"parameters\": {}}",
            "",
            "time {}"),
        sample("llama, json", ToolCallFormat.LLAMA, json, json),
        sample("llama, unknown", ToolCallFormat.LLAMA, unknown, unknown),
        sample("llama, late", ToolCallFormat.LLAMA, "See: " + rome, "See: " + rome),
        sample("llama, code", ToolCallFormat.LLAMA, "¦<|python_tag|>¦print(1)", "print(1)"),
        sample("llama, dict", ToolCallFormat.LLAMA, "¦<|python_tag|>¦{1: 2}", "{1: 2}"),
        sample("llama, text behind", ToolCallFormat.LLAMA, rome + "; so", "; so", called));
  }

  private static Stream<AnswerSample> mistral() {
    String list =
        "[{\"name\": \"weather\", \"arguments\": {\"city\": \"Rome\"}},"
            + " {\"name\": \"time\", \"arguments\": {}, \"id\": \"abc\"}]";
    String[] both = {"weather {\"city\": \"Rome\"}", "time {}"};
    return Stream.of(
        sample("mistral", ToolCallFormat.MISTRAL, "¦[TOOL_CALLS]¦ " + list, "", both),
        sample("mistral, text", ToolCallFormat.MISTRAL, "[TOOL_CALLS]" + list, "", both),
        sample("mistral, behind", ToolCallFormat.MISTRAL, "Hm. ¦[TOOL_CALLS]¦" + list, "Hm.", both),
        sample(
            "mistral, named",
            ToolCallFormat.MISTRAL,
            "¦[TOOL_CALLS]¦weather¦[ARGS]¦{\"city\": \"Rome\"}¦[TOOL_CALLS]¦time¦[ARGS]¦{}",
            "",
            both),
        sample(
            "mistral, named with id",
            ToolCallFormat.MISTRAL,
            "[TOOL_CALLS]weather[CALL_ID]abc[ARGS]{\"city\": \"Rome\"}[TOOL_CALLS]time{}",
            "",
            both),
        sample(
            "mistral, unknown",
            ToolCallFormat.MISTRAL,
            "¦[TOOL_CALLS]¦nobody¦[ARGS]¦{\"a\": 1}",
            "nobody{\"a\": 1}"),
        sample(
            "mistral, second unknown",
            ToolCallFormat.MISTRAL,
            "¦[TOOL_CALLS]¦[{\"name\": \"time\"}, {\"name\": \"nobody\"}]",
            ", {\"name\": \"nobody\"}]",
            "time {}"),
        sample("mistral, broken", ToolCallFormat.MISTRAL, "[TOOL_CALLS][1]", "[TOOL_CALLS][1]"));
  }

  private static Stream<AnswerSample> qwenCoder() {
    String weather =
        """
        <tool_call>
        <function=weather>
        <parameter=city>
        Rome "the"
         </eternal>
        </parameter>
        <parameter=days>
        3
        </parameter>
        <parameter=parts>
        ["a", {"b": 1}]
        </parameter>
        <parameter=exact>
        True
        </parameter>
        <parameter=more>
        1
        </parameter>
        </function>
        </tool_call>""";
    String called =
        "weather {\"city\": \"Rome \\\"the\\\"\\n </eternal>\", \"days\": 3,"
            + " \"parts\": [\"a\", {\"b\": 1}], \"exact\": true, \"more\": \"1\"}";
    String bare = "<function=time>\n</function>";
    String unknown = "<tool_call>\n<function=nobody>\n</function>\n</tool_call>";
    return Stream.of(
        sample("coder", ToolCallFormat.QWEN_CODER, weather, "", called),
        sample("coder, behind", ToolCallFormat.QWEN_CODER, "Ok.\n" + weather, "Ok.", called),
        sample(
            "coder, bare", ToolCallFormat.QWEN_CODER, bare + "\n" + bare, "", "time {}", "time {}"),
        sample("coder, unknown", ToolCallFormat.QWEN_CODER, unknown, unknown),
        sample(
            "coder, no number",
            ToolCallFormat.QWEN_CODER,
            "<function=weather><parameter=days>few</parameter></function>",
            "",
            "weather {\"days\": \"few\"}"),
        sample(
            "coder, ends missing",
            ToolCallFormat.QWEN_CODER,
            "<function=weather>\n<parameter=city>\nRome\n<parameter=days>\n3\n</function>",
            "",
            "weather {\"city\": \"Rome\", \"days\": 3}"),
        sample(
            "coder, text within",
            ToolCallFormat.QWEN_CODER,
            "<function=weather>\n<paramour",
            "<paramour",
            "weather {"),
        sample(
            "coder, cut off",
            ToolCallFormat.QWEN_CODER,
            "<function=weather>\n<parameter=city>\nRo",
            "",
            "weather {\"city\": \"Ro"));
  }
}
