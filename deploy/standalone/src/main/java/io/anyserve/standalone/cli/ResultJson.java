package io.anyserve.standalone.cli;

import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import java.util.Base64;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A result as one line of plain JSON: the names of a submission, numbers as numbers. */
final class ResultJson {

  private static final JsonMapper JSON = JsonMapper.shared();

  private ResultJson() {}

  static String of(RequestResult result) {
    ObjectNode json = JSON.createObjectNode();
    json.put("id", result.request().toString());
    json.put("tenant", result.context().tenant().value());
    json.put("session", result.context().session().value());
    json.put("capability", result.context().capability().value());
    if (result.answerer().attempts() > 0) {
      json.putObject("served_by")
          .put("capability", result.answerer().capability())
          .put("model", result.answerer().model())
          .put("attempts", result.answerer().attempts())
          .put("delegated", result.answerer().delegated());
    }
    outcome(result, json);
    usage(result.outcome().usage(), json);
    if (result.outcome() instanceof Finished finished) {
      json.put("engine_micros", TimeUnit.MICROSECONDS.convert(finished.engineTime()));
    }
    if (!result.context().labels().isEmpty()) {
      ObjectNode labels = json.putObject("labels");
      new TreeMap<>(result.context().labels()).forEach(labels::put);
    }
    return json.toString();
  }

  private static void outcome(RequestResult result, ObjectNode json) {
    switch (result.outcome()) {
      case Finished finished -> {
        json.put("outcome", "finished");
        json.put("finish_reason", name(finished.reason()));
        finished.output().ifPresent(output -> output(output, json));
      }
      case Failed failed -> {
        json.put("outcome", "failed");
        json.putObject("error")
            .put("code", failed.failure().code().name())
            .put("message", failed.failure().message());
      }
      case Cancelled cancelled -> {
        json.put("outcome", "cancelled");
        json.put("cancel_reason", name(cancelled.reason()));
      }
    }
  }

  private static void output(Payload output, ObjectNode json) {
    switch (output) {
      case Payload.Text(String text) -> json.put("text", text);
      case Payload.Data(var bytes, String type) -> {
        json.put("data", Base64.getEncoder().encodeToString(bytes.toByteArray()));
        json.put("content_type", type);
      }
      case Payload.Stored(ObjectRef object) -> object(object, json.putObject("object"));
      case Payload.Chat _ -> throw new IllegalStateException("output: chat (expected: an answer)");
    }
  }

  private static void object(ObjectRef object, ObjectNode json) {
    json.put("bucket", object.bucket())
        .put("key", object.key())
        .put("version", object.version())
        .put("size", object.size())
        .put("sha256", object.sha256())
        .put("content_type", object.contentType())
        .put("expires", object.expires().toString());
  }

  private static void usage(TokenUsage usage, ObjectNode json) {
    json.putObject("usage")
        .put("prompt_tokens", usage.prompt())
        .put("completion_tokens", usage.completion())
        .put("cached_tokens", usage.cached());
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
