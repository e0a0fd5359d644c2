package io.anyserve.ingress.responses;

import io.anyserve.contracts.tool.ToolChoice;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.contracts.tool.ToolOptions;
import tools.jackson.core.JsonGenerator;

/** The tools of a response and the choice among them as its client sees them. */
final class ResponseToolJson {

  private static final String CHOICE = "tool_choice";

  private ResponseToolJson() {}

  static void write(JsonGenerator json, ToolOptions tools) {
    choice(json, tools.choice());
    json.writeArrayPropertyStart("tools");
    tools.definitions().forEach(tool -> tool(json, tool));
    json.writeEndArray();
  }

  private static void choice(JsonGenerator json, ToolChoice choice) {
    switch (choice) {
      case ToolChoice.Auto() -> json.writeStringProperty(CHOICE, "auto");
      case ToolChoice.None() -> json.writeStringProperty(CHOICE, "none");
      case ToolChoice.Required() -> json.writeStringProperty(CHOICE, "required");
      case ToolChoice.Function(String name) -> {
        json.writeObjectPropertyStart(CHOICE);
        json.writeStringProperty("type", "function");
        json.writeStringProperty("name", name);
        json.writeEndObject();
      }
    }
  }

  private static void tool(JsonGenerator json, ToolDefinition tool) {
    json.writeStartObject();
    json.writeStringProperty("type", "function");
    json.writeStringProperty("name", tool.name());
    if (tool.description().isEmpty()) {
      json.writeNullProperty("description");
    } else {
      json.writeStringProperty("description", tool.description());
    }
    json.writeName("parameters");
    json.writeRawValue(tool.parameters().isEmpty() ? "null" : tool.parameters());
    json.writeBooleanProperty("strict", tool.strict());
    json.writeEndObject();
  }
}
