package io.anyserve.metering.export;

import io.anyserve.contracts.event.LedgerEntry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A ledger entry as a CloudEvents 1.0 event in JSON, as OpenMeter takes it: the id is the
 * request's, the subject is the tenant, and all that can be metered is a number in {@code data}.
 *
 * @see <a
 *     href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md">
 *     CloudEvents JSON format 1.0.2</a>
 */
record UsageEvent(String source, LedgerEntry entry) {

  static final String TYPE = "io.anyserve.usage.v1";
  static final String ONE = "application/cloudevents+json; charset=UTF-8";
  static final String BATCH = "application/cloudevents-batch+json; charset=UTF-8";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  byte[] json() {
    return JSON.writeValueAsBytes(tree());
  }

  static byte[] json(List<UsageEvent> events) {
    var array = JSON.createArrayNode();
    events.forEach(event -> array.add(event.tree()));
    return JSON.writeValueAsBytes(array);
  }

  /** The key under which a topic holds the event, so that a tenant's events keep their order. */
  byte[] key() {
    return entry.context().tenant().value().getBytes(StandardCharsets.UTF_8);
  }

  private ObjectNode tree() {
    ObjectNode event = JSON.createObjectNode();
    event.put("specversion", "1.0");
    event.put("id", entry.request().toString());
    event.put("source", source);
    event.put("type", TYPE);
    event.put("subject", entry.context().tenant().value());
    event.put("time", entry.times().endedAt().toString());
    event.put("datacontenttype", "application/json");
    event.set("data", data());
    return event;
  }

  private ObjectNode data() {
    ObjectNode data = JSON.createObjectNode();
    data.put("session", entry.context().session().value());
    data.put("api_key", entry.context().apiKey());
    data.put("capability", entry.servedBy().capability());
    data.put("model", entry.servedBy().model());
    data.put("outcome", entry.outcome().name().toLowerCase(Locale.ROOT));
    data.put("code", entry.code());
    counts(data);
    data.put("cost_micros", entry.cost().micros());
    data.put("price_version", entry.cost().version());
    ObjectNode labels = data.putObject("labels");
    entry.context().labels().forEach(labels::put);
    return data;
  }

  private void counts(ObjectNode data) {
    data.put("prompt_tokens", entry.usage().prompt());
    data.put("completion_tokens", entry.usage().completion());
    data.put("cached_tokens", entry.usage().cached());
    data.put("chunks", entry.chunks());
    data.put("bytes_in", entry.volume().in());
    data.put("bytes_out", entry.volume().out());
    data.put("attempts", entry.servedBy().attempts());
    data.put("engine_micros", TimeUnit.MICROSECONDS.convert(entry.engineTime()));
    Optional<Instant> started = entry.times().startedAt();
    millis(data, "first_token_ms", started, entry.times().firstTokenAt());
    millis(data, "duration_ms", started, Optional.of(entry.times().endedAt()));
  }

  private static void millis(
      ObjectNode data, String name, Optional<Instant> from, Optional<Instant> to) {
    if (from.isPresent() && to.isPresent()) {
      data.put(name, Math.max(0, Duration.between(from.get(), to.get()).toMillis()));
    }
  }
}
