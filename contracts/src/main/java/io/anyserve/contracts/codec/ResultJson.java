package io.anyserve.contracts.codec;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.ResultFormat;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.tool.ToolCall;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Results as plain JSON, for submissions in plain JSON: one line, numbers as numbers, without what
 * there is not.
 *
 * <pre>
 * {"id": UUID, "tenant": .., "session": .., "capability": as asked for,
 *  "accepted_at": "2030-01-31T12:00:00Z",
 *  "served_by": {"capability": .., "model": .., "attempts": n, "delegated": false},
 *  "outcome": "finished" | "failed" | "cancelled",
 *  "finish_reason": "stop" | "length" | "tool_calls",
 *  "text": .., "reasoning": .., "tool_calls": [{"id": .., "name": .., "arguments": "{..}"}] | "object": {"bucket": ..} | "data": base64, "content_type": ..,
 *  "error": {"code": "TOO_LARGE", "message": ..},
 *  "cancel_reason": "explicit" | "client_gone" | "deadline" | "quota",
 *  "usage": {"prompt_tokens": n, "completion_tokens": n, "cached_tokens": n},
 *  "engine_micros": n, "labels": {..}}
 * </pre>
 */
final class ResultJson {

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final long NANOS_PER_MICRO = 1_000;

  private ResultJson() {}

  /** Whether a record is one of these: no protobuf result begins so. */
  static boolean isJson(byte[] bytes) {
    return bytes.length > 0 && bytes[0] == '{';
  }

  static byte[] encode(RequestResult result) {
    ObjectNode json = MAPPER.createObjectNode();
    RequestContext context = result.context();
    json.put("id", result.request().toString());
    json.put("tenant", context.tenant().value());
    json.put("session", context.session().value());
    json.put("capability", context.capability().value());
    json.put("accepted_at", context.acceptedAt().toString());
    write(result.servedBy(), json);
    write(result.outcome(), json);
    if (!context.labels().isEmpty()) {
      ObjectNode labels = json.putObject("labels");
      context.labels().forEach(labels::put);
    }
    return MAPPER.writeValueAsBytes(json);
  }

  private static void write(ServedBy servedBy, ObjectNode json) {
    if (servedBy.attempts() == 0) {
      return;
    }
    json.putObject("served_by")
        .put("capability", servedBy.capability())
        .put("model", servedBy.model())
        .put("attempts", servedBy.attempts())
        .put("delegated", servedBy.delegated());
  }

  private static void write(Terminal outcome, ObjectNode json) {
    switch (outcome) {
      case Finished finished -> {
        json.put("outcome", "finished");
        json.put("finish_reason", lower(finished.reason()));
        finished.output().ifPresent(output -> write(output, json));
        write(finished.usage(), json);
        json.put("engine_micros", finished.engineTime().toNanos() / NANOS_PER_MICRO);
      }
      case Failed failed -> {
        json.put("outcome", "failed");
        json.putObject("error")
            .put("code", failed.failure().code().name())
            .put("message", failed.failure().message());
        write(failed.usage(), json);
      }
      case Cancelled cancelled -> {
        json.put("outcome", "cancelled");
        json.put("cancel_reason", lower(cancelled.reason()));
        write(cancelled.usage(), json);
      }
    }
  }

  private static void write(TokenUsage usage, ObjectNode json) {
    json.putObject("usage")
        .put("prompt_tokens", usage.prompt())
        .put("completion_tokens", usage.completion())
        .put("cached_tokens", usage.cached());
  }

  private static void write(Payload output, ObjectNode json) {
    switch (output) {
      case Payload.Text(String text) -> json.put("text", text);
      case Payload.Bytes(ByteString bytes, String contentType) -> {
        json.put("data", bytes.toByteArray());
        json.put("content_type", contentType);
      }
      case Payload.ObjectReference(ObjectRef object) ->
          json.putObject("object")
              .put("bucket", object.bucket())
              .put("key", object.key())
              .put("version", object.version())
              .put("size", object.size())
              .put("sha256", object.sha256())
              .put("content_type", object.contentType())
              .put("expires", object.expires().toString());
      case Payload.Chat chat -> write(chat.messages().getLast(), json);
    }
  }

  private static void write(ChatMessage answer, ObjectNode json) {
    json.put("text", answer.content());
    if (!answer.reasoning().isEmpty()) {
      json.put("reasoning", answer.reasoning());
    }
    if (!answer.toolCalls().isEmpty()) {
      ArrayNode calls = json.putArray("tool_calls");
      for (ToolCall call : answer.toolCalls()) {
        calls
            .addObject()
            .put("id", call.id())
            .put("name", call.name())
            .put("arguments", call.arguments());
      }
    }
  }

  /** Throws {@link MalformedRecordException}. The worker's name is not part of a result. */
  static RequestResult decode(byte[] bytes) {
    try {
      JsonNode json = MAPPER.readTree(bytes);
      return new RequestResult(
          RequestId.parse(text(json, "id")), context(json), outcome(json), servedBy(json));
    } catch (JacksonException e) {
      throw new MalformedRecordException("result: " + e.getOriginalMessage(), e);
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new MalformedRecordException("result: " + e.getMessage(), e);
    }
  }

  private static RequestContext context(JsonNode json) {
    Map<String, String> labels = new HashMap<>();
    json.path("labels")
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asString()));
    return new RequestContext(
        new TenantId(text(json, "tenant")),
        new SessionId(text(json, "session")),
        "",
        new Capability(text(json, "capability")),
        labels,
        Instant.parse(text(json, "accepted_at")),
        ResultFormat.JSON,
        false);
  }

  private static ServedBy servedBy(JsonNode json) {
    return json.optional("served_by")
        .map(
            by ->
                new ServedBy(
                    text(by, "capability"),
                    text(by, "model"),
                    "",
                    by.required("attempts").asInt(),
                    by.required("delegated").asBoolean()))
        .orElse(ServedBy.NOBODY);
  }

  private static Terminal outcome(JsonNode json) {
    String outcome = text(json, "outcome");
    TokenUsage usage = usage(json);
    return switch (outcome) {
      case "finished" ->
          new Finished(
              FinishReason.valueOf(upper(json, "finish_reason")),
              usage,
              output(json),
              Duration.ofNanos(
                  Math.multiplyExact(json.path("engine_micros").asLong(0), NANOS_PER_MICRO)));
      case "failed" -> new Failed(failure(json.required("error")), usage, Optional.empty());
      case "cancelled" ->
          new Cancelled(
              CancelReason.valueOf(upper(json, "cancel_reason")), usage, Optional.empty());
      default ->
          throw new IllegalArgumentException(
              "outcome: \"" + outcome + "\" (expected: finished, failed or cancelled)");
    };
  }

  private static Failure failure(JsonNode error) {
    return FailureCodec.read(text(error, "code"), text(error, "message"));
  }

  private static TokenUsage usage(JsonNode json) {
    JsonNode usage = json.required("usage");
    return new TokenUsage(
        usage.path("prompt_tokens").asLong(0),
        usage.path("completion_tokens").asLong(0),
        usage.path("cached_tokens").asLong(0));
  }

  private static Optional<Payload> output(JsonNode json) {
    if (json.has("text")) {
      return Optional.of(answer(json));
    }
    if (json.has("data")) {
      byte[] data = java.util.Base64.getDecoder().decode(text(json, "data"));
      return Optional.of(new Payload.Bytes(ByteString.copyFrom(data), text(json, "content_type")));
    }
    return json.optional("object").map(object -> new Payload.ObjectReference(object(object)));
  }

  private static Payload answer(JsonNode json) {
    String text = text(json, "text");
    if (!json.has("reasoning") && !json.has("tool_calls")) {
      return new Payload.Text(text);
    }
    List<ToolCall> calls = new ArrayList<>();
    for (JsonNode call : json.path("tool_calls")) {
      calls.add(new ToolCall(text(call, "id"), text(call, "name"), text(call, "arguments")));
    }
    String reasoning = json.path("reasoning").asString("");
    return new Payload.Chat(List.of(ChatMessage.assistant(text, reasoning, calls)));
  }

  private static ObjectRef object(JsonNode object) {
    return new ObjectRef(
        text(object, "bucket"),
        text(object, "key"),
        text(object, "version"),
        object.required("size").asLong(),
        text(object, "sha256"),
        text(object, "content_type"),
        Instant.parse(text(object, "expires")));
  }

  private static String text(JsonNode json, String name) {
    return json.required(name).asString();
  }

  private static String upper(JsonNode json, String name) {
    return text(json, name).toUpperCase(Locale.ROOT);
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
