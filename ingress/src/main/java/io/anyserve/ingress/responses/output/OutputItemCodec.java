package io.anyserve.ingress.responses.output;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** Items as they are kept: an array of arrays, each of a kind and its texts. */
public final class OutputItemCodec {

  private static final String REASONING = "reasoning";
  private static final String MESSAGE = "message";
  private static final String CALL = "call";

  private OutputItemCodec() {}

  public static String write(List<OutputItem> items) {
    ArrayNode all = JsonMapper.shared().createArrayNode();
    for (OutputItem item : items) {
      ArrayNode one = all.addArray();
      switch (item) {
        case OutputItem.Reasoning(int _, String text) -> one.add(REASONING).add(text);
        case OutputItem.Message(int _, String text) -> one.add(MESSAGE).add(text);
        case OutputItem.FunctionCall(int _, String callId, String name, String arguments) ->
            one.add(CALL).add(callId).add(name).add(arguments);
      }
    }
    return all.toString();
  }

  /** Throws IllegalArgumentException where it is no such text. */
  public static List<OutputItem> read(String text) {
    JsonNode all = parse(text);
    List<OutputItem> items = new ArrayList<>();
    int thoughts = 0;
    int messages = 0;
    int calls = 0;
    for (JsonNode one : all) {
      String kind = one.path(0).asString("");
      String first = one.path(1).asString("");
      items.add(
          switch (kind) {
            case REASONING -> new OutputItem.Reasoning(thoughts++, first);
            case MESSAGE -> new OutputItem.Message(messages++, first);
            case CALL ->
                new OutputItem.FunctionCall(
                    calls++, first, one.path(2).asString(""), one.path(3).asString(""));
            default -> throw refused("output item: " + kind);
          });
    }
    return items;
  }

  private static JsonNode parse(String text) {
    try {
      JsonNode all = JsonMapper.shared().readTree(text);
      if (all.isArray()) {
        return all;
      }
      throw refused("output items: no array");
    } catch (JacksonException e) {
      throw new IllegalArgumentException("output items: no JSON (expected: an array)", e);
    }
  }

  private static IllegalArgumentException refused(String given) {
    return new IllegalArgumentException(given + " (expected: reasoning, messages and calls)");
  }
}
