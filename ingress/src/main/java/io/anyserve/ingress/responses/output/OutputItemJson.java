package io.anyserve.ingress.responses.output;

import io.anyserve.contracts.RequestId;
import tools.jackson.core.JsonGenerator;

/** Items of outputs as clients see them. */
public final class OutputItemJson {

  private static final String STATUS = "status";

  private OutputItemJson() {}

  /** One that has no content yet, as a value. */
  public static void writeBegun(JsonGenerator json, RequestId request, OutputItem item) {
    json.writeStartObject();
    head(json, item.id(request), item);
    json.writeStringProperty(STATUS, "in_progress");
    switch (item) {
      case OutputItem.Reasoning _ -> {
        emptyArray(json, "summary");
        emptyArray(json, "content");
      }
      case OutputItem.Message _ -> {
        json.writeStringProperty("role", "assistant");
        emptyArray(json, "content");
      }
      case OutputItem.FunctionCall call -> call(json, call);
    }
    json.writeEndObject();
  }

  /** As a value. */
  public static void write(
      JsonGenerator json, RequestId request, OutputItem item, boolean complete) {
    write(json, item.id(request), item, complete ? "completed" : "incomplete");
  }

  /** With an id of its own, as a value. */
  public static void write(JsonGenerator json, String id, OutputItem item, String status) {
    json.writeStartObject();
    head(json, id, item);
    json.writeStringProperty(STATUS, status);
    switch (item) {
      case OutputItem.Reasoning _ -> {
        emptyArray(json, "summary");
        content(json, item);
      }
      case OutputItem.Message _ -> {
        json.writeStringProperty("role", "assistant");
        content(json, item);
      }
      case OutputItem.FunctionCall call -> call(json, call);
    }
    json.writeEndObject();
  }

  private static void head(JsonGenerator json, String id, OutputItem item) {
    json.writeStringProperty("id", id);
    json.writeStringProperty(
        "type",
        switch (item) {
          case OutputItem.Reasoning _ -> "reasoning";
          case OutputItem.Message _ -> "message";
          case OutputItem.FunctionCall _ -> "function_call";
        });
  }

  private static void call(JsonGenerator json, OutputItem.FunctionCall call) {
    json.writeStringProperty("call_id", call.callId());
    json.writeStringProperty("name", call.name());
    json.writeStringProperty("arguments", call.arguments());
  }

  private static void content(JsonGenerator json, OutputItem item) {
    json.writeArrayPropertyStart("content");
    writePart(json, item);
    json.writeEndArray();
  }

  /** The one part of what an item says, as a value. */
  public static void writePart(JsonGenerator json, OutputItem item) {
    json.writeStartObject();
    boolean thought = item instanceof OutputItem.Reasoning;
    json.writeStringProperty("type", thought ? "reasoning_text" : "output_text");
    json.writeStringProperty("text", item.content());
    if (!thought) {
      emptyArray(json, "annotations");
      emptyArray(json, "logprobs");
    }
    json.writeEndObject();
  }

  private static void emptyArray(JsonGenerator json, String name) {
    json.writeArrayPropertyStart(name);
    json.writeEndArray();
  }
}
