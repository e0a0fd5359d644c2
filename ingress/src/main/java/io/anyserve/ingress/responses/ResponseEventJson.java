package io.anyserve.ingress.responses;

import io.anyserve.ingress.openai.ApiError;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/** The events of a response's stream: JSON in UTF-8. */
final class ResponseEventJson {

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

  static byte[] itemAdded(String type, long number, ResponseId id) {
    return event(
        type,
        number,
        json -> {
          json.writeNumberProperty("output_index", 0);
          json.writeObjectPropertyStart("item");
          ResponseJson.messageHead(json, id, "in_progress");
          ResponseJson.emptyArray(json, "content");
          json.writeEndObject();
        });
  }

  static byte[] itemDone(String type, long number, ResponseId id, ResponseEnd end) {
    return event(
        type,
        number,
        json -> {
          json.writeNumberProperty("output_index", 0);
          json.writeName("item");
          ResponseJson.message(json, id, end);
        });
  }

  /** The part of the answer, empty or complete. */
  static byte[] part(String type, long number, ResponseId id, String text) {
    return event(
        type,
        number,
        json -> {
          place(json, id);
          json.writeObjectPropertyStart("part");
          ResponseJson.outputText(json, text);
          json.writeEndObject();
        });
  }

  /**
   * A piece of the answer, or all of it.
   *
   * @param field that has the text
   */
  static byte[] text(String type, long number, ResponseId id, String field, String text) {
    return event(
        type,
        number,
        json -> {
          place(json, id);
          json.writeStringProperty(field, text);
          ResponseJson.emptyArray(json, "logprobs");
        });
  }

  private static void place(JsonGenerator json, ResponseId id) {
    json.writeStringProperty("item_id", id.outputItem());
    json.writeNumberProperty("output_index", 0);
    json.writeNumberProperty("content_index", 0);
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
