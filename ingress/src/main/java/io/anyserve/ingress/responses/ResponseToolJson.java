package io.anyserve.ingress.responses;

import io.anyserve.v1.ChatMessages;
import io.anyserve.v1.ToolChoice;
import io.anyserve.v1.ToolDefinition;
import tools.jackson.core.JsonGenerator;

/** The tools of a response and the choice among them as its client sees them. */
final class ResponseToolJson {

  private ResponseToolJson() {}

  static void writeParallel(JsonGenerator json, ChatMessages tools) {
    json.writeBooleanProperty(
        "parallel_tool_calls", !tools.hasParallelToolCalls() || tools.getParallelToolCalls());
  }

  static void write(JsonGenerator json, ChatMessages tools) {
    choice(json, tools.getToolChoice());
    json.writeArrayPropertyStart("tools");
    tools.getToolsList().forEach(tool -> tool(json, tool));
    json.writeEndArray();
  }

  private static void choice(JsonGenerator json, ToolChoice choice) {
    switch (choice.getChoiceCase()) {
      case NONE -> json.writeStringProperty("tool_choice", "none");
      case REQUIRED -> json.writeStringProperty("tool_choice", "required");
      case FUNCTION -> {
        json.writeObjectPropertyStart("tool_choice");
        json.writeStringProperty("type", "function");
        json.writeStringProperty("name", choice.getFunction());
        json.writeEndObject();
      }
      case AUTO, CHOICE_NOT_SET -> json.writeStringProperty("tool_choice", "auto");
    }
  }

  private static void tool(JsonGenerator json, ToolDefinition tool) {
    json.writeStartObject();
    json.writeStringProperty("type", "function");
    json.writeStringProperty("name", tool.getName());
    if (tool.getDescription().isEmpty()) {
      json.writeNullProperty("description");
    } else {
      json.writeStringProperty("description", tool.getDescription());
    }
    if (tool.getParameters().isEmpty()) {
      json.writeNullProperty("parameters");
    } else {
      json.writeName("parameters");
      json.writeRawValue(tool.getParameters());
    }
    json.writeBooleanProperty("strict", tool.getStrict());
    json.writeEndObject();
  }
}
