package io.anyserve.ingress.responses;

import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.responses.output.OutputItem;
import io.anyserve.ingress.responses.output.OutputItemJson;
import io.anyserve.ingress.responses.output.OutputStep.Begun;
import io.anyserve.ingress.responses.output.OutputStep.Ended;
import io.anyserve.ingress.responses.output.OutputStep.Grown;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/** The events of a response's stream: JSON in UTF-8. */
final class ResponseEventJson {

  private static final String OUTPUT_INDEX = "output_index";

  private ResponseEventJson() {}

  /** One that has the whole response. */
  static byte[] response(String type, long number, StoredResponse response, ResponseStatus status) {
    return event(
        type,
        number,
        json -> {
          json.writeObjectPropertyStart("response");
          ResponseJson.fields(json, response, status);
          json.writeEndObject();
        });
  }

  /** An item that has begun. */
  static byte[] itemAdded(String type, long number, ResponseId id, Begun begun) {
    return event(
        type,
        number,
        json -> {
          json.writeNumberProperty(OUTPUT_INDEX, begun.index());
          json.writeName("item");
          OutputItemJson.writeBegun(json, id.request(), begun.item());
        });
  }

  /** An item that has ended. */
  static byte[] itemDone(String type, long number, ResponseId id, Ended ended, boolean complete) {
    return event(
        type,
        number,
        json -> {
          json.writeNumberProperty(OUTPUT_INDEX, ended.index());
          json.writeName("item");
          OutputItemJson.write(json, id.request(), ended.item(), complete);
        });
  }

  /** The part of a message or of reasoning, empty or complete. */
  static byte[] part(String type, long number, ResponseId id, int index, OutputItem item) {
    return event(
        type,
        number,
        json -> {
          place(json, id, index, item);
          json.writeName("part");
          OutputItemJson.writePart(json, item);
        });
  }

  /**
   * A piece of an item's content, or all of it.
   *
   * @param field that has it
   */
  static byte[] content(String type, long number, ResponseId id, Grown grown, String field) {
    return event(
        type,
        number,
        json -> {
          place(json, id, grown.index(), grown.item());
          json.writeStringProperty(field, grown.piece());
          switch (grown.item()) {
            case OutputItem.Message _ -> ResponseJson.emptyArray(json, "logprobs");
            case OutputItem.FunctionCall call when field.equals("arguments") ->
                json.writeStringProperty("name", call.name());
            case OutputItem.FunctionCall _, OutputItem.Reasoning _ -> {}
          }
        });
  }

  private static void place(JsonGenerator json, ResponseId id, int index, OutputItem item) {
    json.writeStringProperty("item_id", item.id(id.request()));
    json.writeNumberProperty(OUTPUT_INDEX, index);
    if (!(item instanceof OutputItem.FunctionCall)) {
      json.writeNumberProperty("content_index", 0);
    }
  }

  static byte[] error(String type, long number, ApiError error) {
    return event(
        type,
        number,
        json -> {
          json.writeStringProperty("code", error.code());
          json.writeStringProperty("message", error.message());
          ResponseJson.optional(json, "param", error.param());
        });
  }

  private static byte[] event(String type, long number, Consumer<JsonGenerator> rest) {
    return ResponseJson.object(
        json -> {
          json.writeStringProperty("type", type);
          json.writeNumberProperty("sequence_number", number);
          rest.accept(json);
        });
  }
}
