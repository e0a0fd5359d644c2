package io.anyserve.metering.http;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.event.LatencyHistogram;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.SessionUsage;
import io.anyserve.contracts.event.UsageField;
import io.anyserve.contracts.event.UsageTotals;
import io.anyserve.metering.query.LiveUsage;
import io.anyserve.metering.query.SeriesName;
import io.anyserve.metering.query.TimeRange;
import io.anyserve.metering.query.TopTable;
import io.anyserve.metering.query.WindowTable;
import io.anyserve.metering.query.ledger.LedgerPage;
import io.anyserve.metering.query.ledger.LedgerPageToken;
import io.anyserve.quota.LimitStatus;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/** Answers as JSON, written as they are read: none is held twice. */
final class UsageJson {

  private static final JsonFactory FACTORY =
      JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();
  private static final double[] QUANTILES = {0.5, 0.9, 0.99};
  private static final String[] QUANTILE_NAMES = {"p50", "p90", "p99"};

  private UsageJson() {}

  /** One object. */
  static void write(OutputStream out, Consumer<JsonGenerator> content) {
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      content.accept(json);
      json.writeEndObject();
    }
  }

  static byte[] bytes(Consumer<JsonGenerator> content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    write(bytes, content);
    return bytes.toByteArray();
  }

  /** Why a call was refused. */
  static byte[] error(String code, String message) {
    return bytes(json -> error(json, code, message));
  }

  private static void error(JsonGenerator json, String code, String message) {
    json.writeObjectPropertyStart("error");
    json.writeStringProperty("code", code);
    json.writeStringProperty("message", message);
    json.writeEndObject();
  }

  static void failure(JsonGenerator json, Failure failure) {
    error(json, failure.code().name(), failure.message());
  }

  static void session(JsonGenerator json, SessionUsage usage) {
    json.writeStringProperty("tenant", usage.tenant().value());
    json.writeStringProperty("session", usage.session().value());
    json.writeNumberProperty("requests", usage.requests());
    json.writeNumberProperty("finished", usage.finished());
    json.writeNumberProperty("failed", usage.failed());
    json.writeNumberProperty("cancelled", usage.cancelled());
    json.writeNumberProperty("prompt_tokens", usage.usage().prompt());
    json.writeNumberProperty("completion_tokens", usage.usage().completion());
    json.writeNumberProperty("cached_tokens", usage.usage().cached());
    json.writeNumberProperty("chunks", usage.chunks());
    json.writeStringProperty("first_at", usage.firstAt().toString());
    json.writeStringProperty("last_at", usage.lastAt().toString());
  }

  static void range(JsonGenerator json, TimeRange range) {
    json.writeStringProperty("from", range.from().toString());
    json.writeStringProperty("to", range.to().toString());
  }

  static void windows(JsonGenerator json, WindowTable table) {
    json.writeArrayPropertyStart("series");
    for (WindowTable.Series series : table.series()) {
      json.writeStartObject();
      name(json, series.name());
      json.writeArrayPropertyStart("points");
      for (WindowTable.Point point : series.points()) {
        json.writeStartObject();
        json.writeStringProperty("start", point.start().toString());
        totals(json, point.totals());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  static void rows(JsonGenerator json, TopTable table) {
    json.writeArrayPropertyStart("rows");
    for (TopTable.Row row : table.rows()) {
      json.writeStartObject();
      name(json, row.name());
      json.writeObjectPropertyStart("totals");
      totals(json, row.totals());
      json.writeEndObject();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void name(JsonGenerator json, SeriesName name) {
    json.writeObjectPropertyStart("name");
    name.tenant().ifPresent(value -> json.writeStringProperty("tenant", value));
    name.capability().ifPresent(value -> json.writeStringProperty("capability", value));
    name.model().ifPresent(value -> json.writeStringProperty("model", value));
    name.session().ifPresent(value -> json.writeStringProperty("session", value));
    name.key().ifPresent(value -> json.writeStringProperty("key", value));
    if (name.other()) {
      json.writeBooleanProperty("other", true);
    }
    json.writeEndObject();
  }

  static void totals(JsonGenerator json, UsageTotals totals) {
    json.writeNumberProperty("requests", totals.requests());
    for (UsageField field : UsageField.ALL) {
      json.writeNumberProperty(field.wireName(), field.of(totals));
    }
    quantiles(json, "first_token_ms", totals.firstToken());
    quantiles(json, "duration_ms", totals.duration());
  }

  private static void quantiles(JsonGenerator json, String name, LatencyHistogram latency) {
    json.writeObjectPropertyStart(name);
    for (int i = 0; i < QUANTILES.length; i++) {
      Optional<Duration> found = latency.quantile(QUANTILES[i]);
      if (found.isPresent()) {
        json.writeNumberProperty(QUANTILE_NAMES[i], found.get().toMillis());
      } else {
        json.writeNullProperty(QUANTILE_NAMES[i]);
      }
    }
    json.writeEndObject();
  }

  static void page(JsonGenerator json, LedgerPage page) {
    json.writeArrayPropertyStart("lines");
    for (LedgerEntry entry : page.entries()) {
      json.writeStartObject();
      entry(json, entry);
      json.writeEndObject();
    }
    json.writeEndArray();
    text(json, "next", page.next().map(LedgerPageToken::text));
  }

  static void entry(JsonGenerator json, LedgerEntry entry) {
    json.writeStringProperty("request_id", entry.request().toString());
    json.writeStringProperty("tenant", entry.context().tenant().value());
    json.writeStringProperty("session", entry.context().session().value());
    json.writeStringProperty("key", entry.context().apiKey());
    json.writeStringProperty("capability", entry.servedBy().capability());
    json.writeStringProperty("asked_for", entry.context().capability().value());
    json.writeStringProperty("model", entry.servedBy().model());
    json.writeStringProperty("worker", entry.servedBy().worker());
    json.writeNumberProperty("attempts", entry.servedBy().attempts());
    json.writeBooleanProperty("delegated", entry.servedBy().delegated());
    json.writeStringProperty("outcome", QueryParameters.lowerCase(entry.outcome()));
    json.writeStringProperty("code", entry.code());
    UsageTotals amounts = UsageTotals.of(entry);
    for (UsageField field : UsageField.OF_ENTRY) {
      json.writeNumberProperty(field.wireName(), field.of(amounts));
    }
    json.writeStringProperty("price_version", entry.cost().version());
    text(json, "accepted_at", Optional.of(entry.context().acceptedAt().toString()));
    text(json, "started_at", entry.times().startedAt().map(Instant::toString));
    text(json, "first_token_at", entry.times().firstTokenAt().map(Instant::toString));
    text(json, "ended_at", Optional.of(entry.times().endedAt().toString()));
    json.writeObjectPropertyStart("labels");
    entry.context().labels().forEach(json::writeStringProperty);
    json.writeEndObject();
  }

  static void live(JsonGenerator json, LiveUsage usage) {
    json.writeStringProperty("at", usage.at().toString());
    json.writeNumberProperty("requests", usage.requests());
    json.writeNumberProperty("prompt_tokens", usage.promptTokens());
    json.writeNumberProperty("completion_tokens", usage.completionTokens());
    json.writeNumberProperty("cost_micros", usage.costMicros());
    json.writeNumberProperty("failed", usage.failed());
  }

  static void quotas(JsonGenerator json, List<LimitStatus> limits) {
    json.writeArrayPropertyStart("limits");
    for (LimitStatus status : limits) {
      json.writeStartObject();
      json.writeStringProperty("scope", status.scope().toString());
      json.writeStringProperty("measure", status.limit().unit().toString());
      json.writeStringProperty("period", status.limit().period().toString());
      json.writeNumberProperty("limit", status.limit().amount());
      json.writeNumberProperty("used", status.used());
      json.writeNumberProperty("reserved", status.reserved());
      json.writeNumberProperty("left", status.left());
      json.writeStringProperty("resets_at", status.resetsAt().toString());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  static void text(JsonGenerator json, String name, Optional<String> value) {
    if (value.isPresent()) {
      json.writeStringProperty(name, value.get());
    } else {
      json.writeNullProperty(name);
    }
  }
}
