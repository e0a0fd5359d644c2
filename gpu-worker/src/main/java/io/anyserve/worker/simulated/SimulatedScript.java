package io.anyserve.worker.simulated;

import io.anyserve.contracts.Payload;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.worker.answer.AnswerFormat;
import io.anyserve.worker.answer.AnswerParser;
import io.anyserve.worker.answer.AnswerParsers;
import io.anyserve.worker.answer.ReasoningFormat;
import io.anyserve.worker.answer.ToolCallFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an answer in a conversation begins with: a thought where the caller asks for one, and a call
 * of the first tool unless the conversation ends with what a tool gave back. A function of the
 * input.
 *
 * @param pieces one for each token
 * @param ends nothing follows
 */
record SimulatedScript(List<String> pieces, boolean ends) {

  static final AnswerParsers PARSERS =
      new AnswerParsers(
          new AnswerFormat(Optional.of(ToolCallFormat.HERMES), Optional.of(ReasoningFormat.THINK)));

  static final SimulatedScript NONE = new SimulatedScript(List.of(), false);

  private static final int CHARACTERS = 6;
  private static final int LONGEST_ARGUMENT = 40;

  static SimulatedScript of(Payload input) {
    if (!(input instanceof Payload.Chat chat)) {
      return NONE;
    }
    StringBuilder script = new StringBuilder();
    if (chat.thinking().orElse(false)) {
      int messages = chat.messages().size();
      script.append("<think>\nThere are ").append(messages).append(" messages.\n</think>\n\n");
    }
    boolean calls = chat.tools().callable() && !chat.messages().getLast().role().equals("tool");
    if (calls) {
      script.append("<tool_call>\n").append(call(chat)).append("\n</tool_call>");
    }
    return script.isEmpty() ? NONE : new SimulatedScript(cut(script.toString()), calls);
  }

  /** The parser of an answer with that input: of text alone where nothing else can come. */
  static AnswerParser parser(Payload input) {
    return of(input).equals(NONE)
        ? PARSERS.parser(new Payload.Text(""), "")
        : PARSERS.parser(input, "");
  }

  private static List<String> cut(String script) {
    List<String> pieces = new ArrayList<>();
    for (int from = 0; from < script.length(); from += CHARACTERS) {
      pieces.add(script.substring(from, Math.min(script.length(), from + CHARACTERS)));
    }
    return pieces;
  }

  private static String call(Payload.Chat chat) {
    ToolDefinition tool = chat.tools().definitions().getFirst();
    ObjectNode call = JsonMapper.shared().createObjectNode().put("name", tool.name());
    ObjectNode arguments = call.putObject("arguments");
    String schema = tool.parameters().isEmpty() ? "{}" : tool.parameters();
    String said = chat.messages().getLast().content();
    JsonMapper.shared()
        .readTree(schema)
        .path("properties")
        .properties()
        .forEach(property -> fill(arguments, property.getKey(), property.getValue(), said));
    return call.toString();
  }

  /** With the beginning of the last message, or what else fits the type. */
  private static void fill(ObjectNode arguments, String name, JsonNode schema, String said) {
    switch (schema.path("type").asString("string")) {
      case "integer", "number" -> arguments.put(name, 1);
      case "boolean" -> arguments.put(name, true);
      case "array" -> arguments.putArray(name);
      case "object" -> arguments.putObject(name);
      default -> arguments.put(name, ascii(said));
    }
  }

  /** So that no character is cut. */
  private static String ascii(String text) {
    String printable = text.replaceAll("[^ -~]", "?");
    return printable.substring(0, Math.min(printable.length(), LONGEST_ARGUMENT));
  }
}
