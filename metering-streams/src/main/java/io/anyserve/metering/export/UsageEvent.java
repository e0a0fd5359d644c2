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
 * A ledger line as a CloudEvents 1.0 event in JSON, as OpenMeter takes it: the id is the request's,
 * the subject is the tenant, and all that can be metered is a number in {@code data}.
 *
 * @see <a
 *     href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md">
 *     CloudEvents JSON format 1.0.2</a>
 */
record UsageEvent(String source, LedgerEntry line) {

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
    return line.context().tenant().value().getBytes(StandardCharsets.UTF_8);
  }

  private ObjectNode tree() {
    ObjectNode event = JSON.createObjectNode();
    event.put("specversion", "1.0");
    event.put("id", line.request().toString());
    event.put("source", source);
    event.put("type", TYPE);
    event.put("subject", line.context().tenant().value());
    event.put("time", line.times().endedAt().toString());
    event.put("datacontenttype", "application/json");
    event.set("data", data());
    return event;
  }

  private ObjectNode data() {
    ObjectNode data = JSON.createObjectNode();
    data.put("session", line.context().session().value());
    data.put("api_key", line.context().apiKey());
    data.put("capability", line.answerer().capability());
    data.put("model", line.answerer().model());
    data.put("outcome", line.outcome().name().toLowerCase(Locale.ROOT));
    data.put("code", line.code());
    counts(data);
    data.put("cost_micros", line.charge().micros());
    data.put("price_version", line.charge().version());
    ObjectNode labels = data.putObject("labels");
    line.context().labels().forEach(labels::put);
    return data;
  }

  private void counts(ObjectNode data) {
    data.put("prompt_tokens", line.usage().prompt());
    data.put("completion_tokens", line.usage().completion());
    data.put("cached_tokens", line.usage().cached());
    data.put("chunks", line.chunks());
    data.put("bytes_in", line.volume().in());
    data.put("bytes_out", line.volume().out());
    data.put("attempts", line.answerer().attempts());
    data.put("engine_micros", TimeUnit.MICROSECONDS.convert(line.engineTime()));
    Optional<Instant> started = line.times().startedAt();
    millis(data, "first_token_ms", started, line.times().firstTokenAt());
    millis(data, "duration_ms", started, Optional.of(line.times().endedAt()));
  }

  private static void millis(
      ObjectNode data, String name, Optional<Instant> from, Optional<Instant> to) {
    if (from.isPresent() && to.isPresent()) {
      data.put(name, Math.max(0, Duration.between(from.get(), to.get()).toMillis()));
    }
  }
}
