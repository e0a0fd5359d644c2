package io.anyserve.ingress.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.sampling.PositionLogprobs;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/** The events of one streamed answer, as JSON in UTF-8. What all begin with is made up once. */
public final class CompletionChunkJson {

  private static final String FINISH_REASON = "finish_reason";

  private final CompletionKind kind;
  private final boolean usageFollows;
  private final String head;

  /**
   * @param usageFollows the stream ends with {@link #usage}
   */
  public CompletionChunkJson(StreamIdentity stream, boolean usageFollows) {
    this.kind = stream.kind();
    this.usageFollows = usageFollows;
    String object =
        new String(
            ApiJson.object(json -> ApiJson.head(json, stream, stream.kind().chunkObject())), UTF_8);
    this.head = object.substring(1, object.length() - 1) + ",";
  }

  /** The first event of a choice of a conversation: who speaks. */
  public byte[] role(int index) {
    return choice(
        index,
        json -> {
          json.writeObjectPropertyStart("delta");
          json.writeStringProperty("role", "assistant");
          json.writeStringProperty("content", "");
          json.writeEndObject();
          json.writeNullProperty("logprobs");
          json.writeNullProperty(FINISH_REASON);
        });
  }

  /**
   * A piece of a choice.
   *
   * @param logprobs of its tokens, where they are asked for
   */
  public byte[] text(int index, String text, List<PositionLogprobs> logprobs) {
    return choice(
        index,
        json -> {
          switch (kind) {
            case CHAT -> {
              json.writeObjectPropertyStart("delta");
              json.writeStringProperty("content", text);
              json.writeEndObject();
            }
            case TEXT -> json.writeStringProperty("text", text);
          }
          LogprobsJson.write(json, kind, logprobs);
          json.writeNullProperty(FINISH_REASON);
        });
  }

  /** The last event of a choice. */
  public byte[] finish(int index, FinishReason reason) {
    return choice(
        index,
        json -> {
          switch (kind) {
            case CHAT -> {
              json.writeObjectPropertyStart("delta");
              json.writeEndObject();
            }
            case TEXT -> json.writeStringProperty("text", "");
          }
          json.writeNullProperty("logprobs");
          json.writeStringProperty(FINISH_REASON, ApiJson.reason(reason));
        });
  }

  private byte[] choice(int index, Consumer<JsonGenerator> content) {
    return ApiJson.object(
        json -> {
          json.writeRaw(head);
          json.writeArrayPropertyStart("choices");
          json.writeStartObject();
          json.writeNumberProperty("index", index);
          content.accept(json);
          json.writeEndObject();
          json.writeEndArray();
          if (usageFollows) {
            json.writeNullProperty("usage");
          }
        });
  }

  /** The event behind the last choice, with the usage of them all. */
  public byte[] usage(TokenUsage usage) {
    return ApiJson.object(
        json -> {
          json.writeRaw(head);
          json.writeArrayPropertyStart("choices");
          json.writeEndArray();
          ApiJson.usage(json, usage);
        });
  }
}
