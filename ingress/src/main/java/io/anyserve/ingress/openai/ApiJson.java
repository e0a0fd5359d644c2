package io.anyserve.ingress.openai;

import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.answer.AnswerBuilder;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.contracts.tool.ToolCall;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** What clients are answered, as JSON in UTF-8. */
public final class ApiJson {

  private static final JsonFactory FACTORY = new JsonFactory();
  private static final String FINISH_REASON = "finish_reason";

  private ApiJson() {}

  /**
   * One choice of a whole answer.
   *
   * @param answer all of it
   * @param logprobs of all its tokens, where they are asked for
   */
  public record Choice(
      AnswerBuilder answer, List<PositionLogprobs> logprobs, FinishReason reason) {}

  public static byte[] error(ApiError error) {
    return object(json -> write(json, error));
  }

  /** The property of the object that is being written. */
  public static void write(JsonGenerator json, ApiError error) {
    json.writeObjectPropertyStart("error");
    json.writeStringProperty("message", error.message());
    json.writeStringProperty("type", error.type());
    optional(json, "param", error.param());
    json.writeStringProperty("code", error.code());
    json.writeEndObject();
  }

  /** A whole answer. */
  public static byte[] whole(StreamIdentity stream, List<Choice> choices, TokenUsage usage) {
    return object(
        json -> {
          head(json, stream, stream.kind().object());
          json.writeArrayPropertyStart("choices");
          for (int i = 0; i < choices.size(); i++) {
            json.writeStartObject();
            json.writeNumberProperty("index", i);
            answer(json, stream.kind(), choices.get(i).answer());
            LogprobsJson.write(json, stream.kind(), choices.get(i).logprobs());
            json.writeStringProperty(FINISH_REASON, reason(choices.get(i).reason()));
            json.writeEndObject();
          }
          json.writeEndArray();
          usage(json, usage);
        });
  }

  private static void answer(JsonGenerator json, CompletionKind kind, AnswerBuilder answer) {
    switch (kind) {
      case CHAT -> {
        json.writeObjectPropertyStart("message");
        message(json, answer);
        json.writeEndObject();
      }
      case TEXT -> json.writeStringProperty("text", answer.text());
    }
  }

  /** Clients know the reasoning by either name. An answer of calls alone has no content. */
  private static void message(JsonGenerator json, AnswerBuilder answer) {
    List<ToolCall> calls = answer.toolCalls();
    json.writeStringProperty("role", "assistant");
    if (answer.text().isEmpty() && !calls.isEmpty()) {
      json.writeNullProperty("content");
    } else {
      json.writeStringProperty("content", answer.text());
    }
    json.writeNullProperty("refusal");
    if (!answer.reasoning().isEmpty()) {
      json.writeStringProperty("reasoning", answer.reasoning());
      json.writeStringProperty("reasoning_content", answer.reasoning());
    }
    if (!calls.isEmpty()) {
      json.writeArrayPropertyStart("tool_calls");
      for (ToolCall call : calls) {
        json.writeStartObject();
        json.writeStringProperty("id", call.id());
        json.writeStringProperty("type", "function");
        json.writeObjectPropertyStart("function");
        json.writeStringProperty("name", call.name());
        json.writeStringProperty("arguments", call.arguments());
        json.writeEndObject();
        json.writeEndObject();
      }
      json.writeEndArray();
    }
  }

  /**
   * The tokens of a prompt.
   *
   * @param contextLength of the model, 0 where it is not known or there is none
   */
  public static byte[] tokens(TokenIds tokens, int contextLength) {
    return object(
        json -> {
          json.writeNumberProperty("count", tokens.size());
          if (contextLength > 0) {
            json.writeNumberProperty("max_model_len", contextLength);
          }
          json.writeArrayPropertyStart("tokens");
          tokens.stream().forEach(json::writeNumber);
          json.writeEndArray();
          json.writeNullProperty("token_strs");
        });
  }

  /** The text of tokens. */
  public static byte[] prompt(String text) {
    return object(json -> json.writeStringProperty("prompt", text));
  }

  public static byte[] models(List<ModelInfo> models) {
    return object(
        json -> {
          json.writeStringProperty("object", "list");
          json.writeArrayPropertyStart("data");
          for (ModelInfo model : models) {
            json.writeStartObject();
            fields(json, model);
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  public static byte[] model(ModelInfo model) {
    return object(json -> fields(json, model));
  }

  /** When a model was made is not known: created is 0. */
  private static void fields(JsonGenerator json, ModelInfo model) {
    json.writeStringProperty("id", model.id());
    json.writeStringProperty("object", "model");
    json.writeNumberProperty("created", 0);
    json.writeStringProperty("owned_by", "anyserve");
    if (model.contextLength() > 0) {
      json.writeNumberProperty("max_model_len", model.contextLength());
    }
    if (model.embeddingDimensions() > 0) {
      json.writeNumberProperty("embedding_dimensions", model.embeddingDimensions());
    }
  }

  static void head(JsonGenerator json, StreamIdentity stream, String object) {
    json.writeStringProperty("id", stream.id());
    json.writeStringProperty("object", object);
    json.writeNumberProperty("created", stream.created());
    json.writeStringProperty("model", stream.model());
    json.writeStringProperty("system_fingerprint", stream.fingerprint());
  }

  public static String reason(FinishReason reason) {
    return switch (reason) {
      case STOP -> "stop";
      case LENGTH -> "length";
      case TOOL_CALLS -> "tool_calls";
    };
  }

  static void usage(JsonGenerator json, TokenUsage usage) {
    json.writeObjectPropertyStart("usage");
    json.writeNumberProperty("prompt_tokens", usage.prompt());
    json.writeNumberProperty("completion_tokens", usage.completion());
    json.writeNumberProperty("total_tokens", usage.prompt() + usage.completion());
    json.writeObjectPropertyStart("prompt_tokens_details");
    json.writeNumberProperty("cached_tokens", usage.cached());
    json.writeEndObject();
    json.writeEndObject();
  }

  private static void optional(JsonGenerator json, String name, Optional<String> value) {
    if (value.isPresent()) {
      json.writeStringProperty(name, value.get());
    } else {
      json.writeNullProperty(name);
    }
  }

  /** One object in UTF-8. */
  public static byte[] object(Consumer<JsonGenerator> content) {
    var bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      content.accept(json);
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }
}
