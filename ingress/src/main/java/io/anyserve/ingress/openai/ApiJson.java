package io.anyserve.ingress.openai;

import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.TokenUsage;
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

  private ApiJson() {}

  /**
   * One choice of a whole answer.
   *
   * @param text all of it
   */
  public record Choice(String text, FinishReason reason) {}

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

  /** The first event of a choice of a conversation: who speaks. */
  public static byte[] role(StreamIdentity stream, int index, boolean usageFollows) {
    return chunk(
        stream,
        usageFollows,
        json -> {
          json.writeNumberProperty("index", index);
          json.writeObjectPropertyStart("delta");
          json.writeStringProperty("role", "assistant");
          json.writeStringProperty("content", "");
          json.writeEndObject();
          end(json, Optional.empty());
        });
  }

  /** A piece of a choice. */
  public static byte[] text(StreamIdentity stream, int index, String text, boolean usageFollows) {
    return chunk(
        stream,
        usageFollows,
        json -> {
          json.writeNumberProperty("index", index);
          piece(json, stream.kind(), Optional.of(text));
          end(json, Optional.empty());
        });
  }

  /** The last event of a choice. */
  public static byte[] finish(
      StreamIdentity stream, int index, FinishReason reason, boolean usageFollows) {
    return chunk(
        stream,
        usageFollows,
        json -> {
          json.writeNumberProperty("index", index);
          piece(json, stream.kind(), Optional.empty());
          end(json, Optional.of(reason));
        });
  }

  private static void piece(JsonGenerator json, CompletionKind kind, Optional<String> text) {
    switch (kind) {
      case CHAT -> {
        json.writeObjectPropertyStart("delta");
        text.ifPresent(piece -> json.writeStringProperty("content", piece));
        json.writeEndObject();
      }
      case TEXT -> json.writeStringProperty("text", text.orElse(""));
    }
  }

  private static byte[] chunk(
      StreamIdentity stream, boolean usageFollows, Consumer<JsonGenerator> choice) {
    return object(
        json -> {
          head(json, stream, stream.kind().chunkObject());
          json.writeArrayPropertyStart("choices");
          json.writeStartObject();
          choice.accept(json);
          json.writeEndObject();
          json.writeEndArray();
          if (usageFollows) {
            json.writeNullProperty("usage");
          }
        });
  }

  /** The event behind the last choice, with the usage of them all. */
  public static byte[] usage(StreamIdentity stream, TokenUsage usage) {
    return object(
        json -> {
          head(json, stream, stream.kind().chunkObject());
          json.writeArrayPropertyStart("choices");
          json.writeEndArray();
          usage(json, usage);
        });
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
            answer(json, stream.kind(), choices.get(i).text());
            end(json, Optional.of(choices.get(i).reason()));
            json.writeEndObject();
          }
          json.writeEndArray();
          usage(json, usage);
        });
  }

  private static void answer(JsonGenerator json, CompletionKind kind, String text) {
    switch (kind) {
      case CHAT -> {
        json.writeObjectPropertyStart("message");
        json.writeStringProperty("role", "assistant");
        json.writeStringProperty("content", text);
        json.writeNullProperty("refusal");
        json.writeEndObject();
      }
      case TEXT -> json.writeStringProperty("text", text);
    }
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
  }

  private static void head(JsonGenerator json, StreamIdentity stream, String object) {
    json.writeStringProperty("id", stream.id());
    json.writeStringProperty("object", object);
    json.writeNumberProperty("created", stream.created());
    json.writeStringProperty("model", stream.model());
    json.writeStringProperty("system_fingerprint", stream.fingerprint());
  }

  private static void end(JsonGenerator json, Optional<FinishReason> reason) {
    json.writeNullProperty("logprobs");
    optional(json, "finish_reason", reason.map(ApiJson::reason));
  }

  public static String reason(FinishReason reason) {
    return switch (reason) {
      case STOP -> "stop";
      case LENGTH -> "length";
    };
  }

  private static void usage(JsonGenerator json, TokenUsage usage) {
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
