package io.anyserve.ingress.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.answer.ToolCallDelta;
import io.anyserve.contracts.sampling.PositionLogprobs;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
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
   * A piece of a choice: an event for reasoning, one for text, one for each piece of a tool call.
   *
   * @param logprobs of its tokens, where they are asked for; they are in the first event
   */
  public List<byte[]> pieces(int index, AnswerDelta delta, List<PositionLogprobs> logprobs) {
    List<Consumer<JsonGenerator>> deltas = new ArrayList<>();
    if (!delta.reasoning().isEmpty()) {
      deltas.add(json -> reasoning(json, delta.reasoning()));
    }
    if (!delta.text().isEmpty() || (deltas.isEmpty() && delta.toolCalls().isEmpty())) {
      deltas.add(json -> json.writeStringProperty("content", delta.text()));
    }
    delta.toolCalls().forEach(call -> deltas.add(json -> toolCall(json, call)));
    return switch (kind) {
      case CHAT ->
          IntStream.range(0, deltas.size())
              .mapToObj(i -> delta(index, deltas.get(i), i == 0 ? logprobs : List.of()))
              .toList();
      case TEXT -> List.of(text(index, delta.text(), logprobs));
    };
  }

  private byte[] delta(
      int index, Consumer<JsonGenerator> content, List<PositionLogprobs> logprobs) {
    return choice(
        index,
        json -> {
          json.writeObjectPropertyStart("delta");
          content.accept(json);
          json.writeEndObject();
          LogprobsJson.write(json, kind, logprobs);
          json.writeNullProperty(FINISH_REASON);
        });
  }

  private byte[] text(int index, String text, List<PositionLogprobs> logprobs) {
    return choice(
        index,
        json -> {
          json.writeStringProperty("text", text);
          LogprobsJson.write(json, kind, logprobs);
          json.writeNullProperty(FINISH_REASON);
        });
  }

  /** Clients know it by either name. */
  private static void reasoning(JsonGenerator json, String reasoning) {
    json.writeStringProperty("reasoning", reasoning);
    json.writeStringProperty("reasoning_content", reasoning);
  }

  /** Id, type and name come with the first piece of a call. */
  private static void toolCall(JsonGenerator json, ToolCallDelta call) {
    json.writeArrayPropertyStart("tool_calls");
    json.writeStartObject();
    json.writeNumberProperty("index", call.index());
    if (call.first()) {
      json.writeStringProperty("id", call.id());
      json.writeStringProperty("type", "function");
    }
    json.writeObjectPropertyStart("function");
    if (call.first()) {
      json.writeStringProperty("name", call.name());
    }
    json.writeStringProperty("arguments", call.arguments());
    json.writeEndObject();
    json.writeEndObject();
    json.writeEndArray();
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
