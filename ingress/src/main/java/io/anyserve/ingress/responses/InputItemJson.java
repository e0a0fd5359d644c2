package io.anyserve.ingress.responses;

import io.anyserve.ingress.openai.response.InputItem;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** Items of an input as clients see them. */
final class InputItemJson {

  private InputItemJson() {}

  /** As a value. */
  static void write(JsonGenerator json, String id, InputItem item) {
    json.writeStartObject();
    json.writeStringProperty("id", id);
    json.writeStringProperty("type", type(item));
    json.writeStringProperty("status", "completed");
    switch (item) {
      case InputItem.Message(String role, List<String> texts) -> {
        json.writeStringProperty("role", role);
        parts(json, "content", role.equals("assistant") ? "output_text" : "input_text", texts);
      }
      case InputItem.FunctionCall(String callId, String name, String arguments) -> {
        json.writeStringProperty("call_id", callId);
        json.writeStringProperty("name", name);
        json.writeStringProperty("arguments", arguments);
      }
      case InputItem.FunctionCallOutput(String callId, List<String> texts) -> {
        json.writeStringProperty("call_id", callId);
        json.writeStringProperty("output", String.join("\n", texts));
      }
      case InputItem.Reasoning(List<String> texts) -> {
        parts(json, "summary", "summary_text", List.of());
        parts(json, "content", "reasoning_text", texts);
      }
    }
    json.writeEndObject();
  }

  private static String type(InputItem item) {
    return switch (item) {
      case InputItem.Message _ -> "message";
      case InputItem.FunctionCall _ -> "function_call";
      case InputItem.FunctionCallOutput _ -> "function_call_output";
      case InputItem.Reasoning _ -> "reasoning";
    };
  }

  private static void parts(JsonGenerator json, String name, String type, List<String> texts) {
    json.writeArrayPropertyStart(name);
    for (String text : texts) {
      json.writeStartObject();
      json.writeStringProperty("type", type);
      json.writeStringProperty("text", text);
      if (type.equals("output_text")) {
        emptyArray(json, "annotations");
        emptyArray(json, "logprobs");
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void emptyArray(JsonGenerator json, String name) {
    json.writeArrayPropertyStart(name);
    json.writeEndArray();
  }
}
