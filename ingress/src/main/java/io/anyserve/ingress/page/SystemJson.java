package io.anyserve.ingress.page;

import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.CapabilityOffer;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.ingress.openai.ApiJson;
import io.anyserve.ingress.openai.ModelInfo;
import io.anyserve.ingress.response.RecentRequest;
import io.anyserve.ingress.response.TenantActivity;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;

/** The state of the system as JSON in UTF-8. */
final class SystemJson {

  private SystemJson() {}

  static byte[] of(List<WorkerHeartbeat> workers, TenantActivity activity, Optional<URI> usage) {
    return ApiJson.object(
        json -> {
          json.writeStringProperty("object", "system");
          usage.ifPresent(address -> json.writeStringProperty("usage_url", address.toString()));
          array(json, "workers", workers, SystemJson::worker);
          array(
              json,
              "capabilities",
              ModelInfo.of(workers),
              (out, model) -> capability(out, model, offers(workers, model.id())));
          json.writeObjectPropertyStart("requests");
          json.writeNumberProperty("in_flight", activity.inFlight());
          json.writeNumberProperty("waiting", activity.waiting());
          json.writeEndObject();
          array(json, "recent", activity.recent(), SystemJson::recent);
        });
  }

  private interface Fields<T> {

    void write(JsonGenerator json, T value);
  }

  private static <T> void array(JsonGenerator json, String name, List<T> all, Fields<T> fields) {
    json.writeArrayPropertyStart(name);
    for (T each : all) {
      json.writeStartObject();
      fields.write(json, each);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void worker(JsonGenerator json, WorkerHeartbeat worker) {
    json.writeStringProperty("id", worker.worker().value());
    json.writeNumberProperty("running", worker.running());
    names(json, "capabilities", worker.capabilities(), offer -> offer.name().value());
  }

  private static List<CapabilityOffer> offers(List<WorkerHeartbeat> workers, String capability) {
    return workers.stream()
        .flatMap(worker -> worker.capabilities().stream())
        .filter(offer -> offer.name().value().equals(capability))
        .toList();
  }

  private static void capability(
      JsonGenerator json, ModelInfo model, List<CapabilityOffer> offers) {
    json.writeStringProperty("id", model.id());
    names(json, "models", offers, CapabilityOffer::model);
    names(json, "engines", offers, CapabilityOffer::engine);
    json.writeNumberProperty("workers", offers.size());
    json.writeNumberProperty("slots", offers.stream().mapToInt(CapabilityOffer::slots).sum());
    if (model.contextLength() > 0) {
      json.writeNumberProperty("context_length", model.contextLength());
    }
    if (model.embeddingDimensions() > 0) {
      json.writeNumberProperty("embedding_dimensions", model.embeddingDimensions());
    }
  }

  private static <T> void names(
      JsonGenerator json, String name, List<T> all, Function<T, String> text) {
    json.writeArrayPropertyStart(name);
    all.stream().map(text).distinct().sorted().forEach(json::writeString);
    json.writeEndArray();
  }

  private static void recent(JsonGenerator json, TenantActivity.Recent recent) {
    RecentRequest seen = recent.seen();
    json.writeStringProperty("id", recent.request().toString());
    json.writeStringProperty("session", seen.session().value());
    json.writeNumberProperty("age_ms", recent.age().toMillis());
    json.writeStringProperty(
        "state", seen.end().map(SystemJson::state).orElse(seen.followed() ? "running" : "unknown"));
    seen.run()
        .ifPresent(
            run -> {
              json.writeStringProperty("model", run.started().capability().value());
              json.writeStringProperty("worker", run.started().worker().value());
              json.writeNumberProperty("attempt", run.attempt());
            });
    seen.end().ifPresent(end -> end(json, end.terminal()));
  }

  private static String state(RecentRequest.End end) {
    return end.terminal().outcome().name().toLowerCase(Locale.ROOT);
  }

  private static void end(JsonGenerator json, Terminal terminal) {
    reason(terminal).ifPresent(reason -> json.writeStringProperty("reason", reason));
    TokenUsage usage = terminal.usage();
    json.writeObjectPropertyStart("usage");
    json.writeNumberProperty("prompt_tokens", usage.prompt());
    json.writeNumberProperty("completion_tokens", usage.completion());
    json.writeEndObject();
  }

  private static Optional<String> reason(Terminal terminal) {
    return switch (terminal) {
      case Finished _ -> Optional.empty();
      case Failed failed -> Optional.of(failed.failure().message());
      case Cancelled cancelled -> Optional.of(cancelled.reason().name().toLowerCase(Locale.ROOT));
    };
  }
}
