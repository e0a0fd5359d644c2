package io.anyserve.ingress.responses;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.response.ResponseCall;
import io.anyserve.ingress.responses.StoredResponse.Settlement;
import io.anyserve.ingress.responses.output.OutputItemJson;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;

/** Responses and their items as clients see them: JSON in UTF-8. */
final class ResponseJson {

  private static final JsonFactory FACTORY = new JsonFactory();
  private static final String PLAIN_TEXT = "{\"type\":\"text\"}";

  private ResponseJson() {}

  static byte[] response(StoredResponse response, ResponseStatus status) {
    return object(json -> fields(json, response, status));
  }

  /** Of one that has ended. */
  static byte[] response(StoredResponse response) {
    return response(response, response.endStatus().orElseThrow());
  }

  static byte[] deleted(String id) {
    return object(
        json -> {
          json.writeStringProperty("id", id);
          json.writeStringProperty("object", "response");
          json.writeBooleanProperty("deleted", true);
        });
  }

  static byte[] inputTokens(int tokens) {
    return object(
        json -> {
          json.writeStringProperty("object", "response.input_tokens");
          json.writeNumberProperty("input_tokens", tokens);
        });
  }

  /** A page of the input. */
  static byte[] inputItems(StoredResponse response, InputItemPage page) {
    List<Integer> indices = page.indices();
    return object(
        json -> {
          json.writeStringProperty("object", "list");
          json.writeArrayPropertyStart("data");
          for (int index : indices) {
            InputItemJson.write(
                json, response.inputItem(index), response.call().input().get(index));
          }
          json.writeEndArray();
          optional(json, "first_id", end(response, indices, List::getFirst));
          optional(json, "last_id", end(response, indices, List::getLast));
          json.writeBooleanProperty("has_more", page.more());
        });
  }

  private static Optional<String> end(
      StoredResponse response, List<Integer> indices, ToIntFunction<List<Integer>> which) {
    return indices.isEmpty()
        ? Optional.empty()
        : Optional.of(response.inputItem(which.applyAsInt(indices)));
  }

  /** The fields of a response in an object that is open. */
  static void fields(JsonGenerator json, StoredResponse response, ResponseStatus status) {
    ResponseCall call = response.call();
    Optional<ResponseEnd> end = response.settlement().map(Settlement::end);
    json.writeStringProperty("id", response.id().toString());
    json.writeStringProperty("object", "response");
    json.writeNumberProperty("created_at", response.created().getEpochSecond());
    json.writeStringProperty("status", status.text());
    json.writeBooleanProperty("background", call.options().background());
    completedAt(json, response, status);
    error(json, end.flatMap(ResponseEnd::failure));
    incompleteDetails(json, status);
    optional(json, "instructions", call.options().instructions());
    json.writeNullProperty("max_tool_calls");
    json.writeStringProperty("model", call.model());
    json.writeArrayPropertyStart("output");
    end.ifPresent(ended -> output(json, response.id(), ended));
    json.writeEndArray();
    json.writeBooleanProperty("parallel_tool_calls", call.tools().parallel());
    optional(json, "previous_response_id", call.options().previous());
    json.writeNullProperty("reasoning");
    json.writeStringProperty("service_tier", "default");
    json.writeBooleanProperty("store", call.options().store());
    parameters(json, call);
    ResponseToolJson.write(json, call.tools());
    json.writeNumberProperty("top_logprobs", 0);
    json.writeStringProperty("truncation", call.options().truncates() ? "auto" : "disabled");
    usage(json, end.map(ResponseEnd::usage));
    optional(json, "user", call.labels().user());
    json.writeObjectPropertyStart("metadata");
    call.labels().metadata().forEach(json::writeStringProperty);
    json.writeEndObject();
  }

  private static void completedAt(
      JsonGenerator json, StoredResponse response, ResponseStatus status) {
    Optional<Settlement> completed =
        response.settlement().filter(_ -> status == ResponseStatus.COMPLETED);
    if (completed.isPresent()) {
      json.writeNumberProperty("completed_at", completed.get().at().getEpochSecond());
    } else {
      json.writeNullProperty("completed_at");
    }
  }

  private static void error(JsonGenerator json, Optional<Failure> failure) {
    if (failure.isEmpty()) {
      json.writeNullProperty("error");
      return;
    }
    ApiError error = ApiError.of(failure.get());
    json.writeObjectPropertyStart("error");
    json.writeStringProperty("code", error.code());
    json.writeStringProperty("message", error.message());
    json.writeEndObject();
  }

  private static void incompleteDetails(JsonGenerator json, ResponseStatus status) {
    if (status == ResponseStatus.INCOMPLETE) {
      json.writeObjectPropertyStart("incomplete_details");
      json.writeStringProperty("reason", "max_output_tokens");
      json.writeEndObject();
    } else {
      json.writeNullProperty("incomplete_details");
    }
  }

  /** What the client left out is the model's own, which is not known here. */
  private static void parameters(JsonGenerator json, ResponseCall call) {
    if (call.maxOutputTokens().isPresent()) {
      json.writeNumberProperty("max_output_tokens", call.maxOutputTokens().getAsInt());
    } else {
      json.writeNullProperty("max_output_tokens");
    }
    number(json, "temperature", call.temperature());
    number(json, "top_p", call.topP());
    json.writeObjectPropertyStart("text");
    json.writeName("format");
    json.writeRawValue(call.format().map(JsonNode::toString).orElse(PLAIN_TEXT));
    json.writeEndObject();
  }

  private static void number(JsonGenerator json, String name, OptionalDouble value) {
    if (value.isPresent()) {
      json.writeNumberProperty(name, value.getAsDouble());
    } else {
      json.writeNullProperty(name);
    }
  }

  private static void usage(JsonGenerator json, Optional<TokenUsage> found) {
    if (found.isEmpty()) {
      json.writeNullProperty("usage");
      return;
    }
    TokenUsage usage = found.get();
    json.writeObjectPropertyStart("usage");
    json.writeNumberProperty("input_tokens", usage.prompt());
    json.writeObjectPropertyStart("input_tokens_details");
    json.writeNumberProperty("cached_tokens", usage.cached());
    json.writeNumberProperty("cache_write_tokens", 0);
    json.writeEndObject();
    json.writeNumberProperty("output_tokens", usage.completion());
    json.writeObjectPropertyStart("output_tokens_details");
    json.writeNumberProperty("reasoning_tokens", 0);
    json.writeEndObject();
    json.writeNumberProperty("total_tokens", usage.prompt() + usage.completion());
    json.writeEndObject();
  }

  /** The last item is as complete as the answer. */
  private static void output(JsonGenerator json, ResponseId id, ResponseEnd end) {
    int last = end.output().size() - 1;
    for (int i = 0; i <= last; i++) {
      boolean complete = i < last || end.status() == ResponseStatus.COMPLETED;
      OutputItemJson.write(json, id.request(), end.output().get(i), complete);
    }
  }

  static void emptyArray(JsonGenerator json, String name) {
    json.writeArrayPropertyStart(name);
    json.writeEndArray();
  }

  static void optional(JsonGenerator json, String name, Optional<String> value) {
    if (value.isPresent()) {
      json.writeStringProperty(name, value.get());
    } else {
      json.writeNullProperty(name);
    }
  }

  static byte[] object(Consumer<JsonGenerator> content) {
    var bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      content.accept(json);
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }
}
