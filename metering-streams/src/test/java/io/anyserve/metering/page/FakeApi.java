package io.anyserve.metering.page;

import io.anyserve.metering.page.FakeUsage.Series;
import io.anyserve.metering.page.FakeUsage.Windows;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Answers the questions of the usage API, as strictly as the real one, with made-up usage. */
final class FakeApi {

  private static final Map<String, Set<String>> PARAMETERS =
      Map.of(
          "me", Set.of(),
          "windows", Set.of("size", "from", "to", "by", "tenant", "format"),
          "top", Set.of("by", "measure", "from", "to", "limit", "tenant", "format"),
          "lines",
              Set.of(
                  "from",
                  "to",
                  "session",
                  "key",
                  "model",
                  "capability",
                  "outcome",
                  "limit",
                  "cursor",
                  "tenant",
                  "format"),
          "quotas", Set.of("tenant"),
          "live", Set.of("tenant"));
  private static final long LINE_EVERY_MS = 7_000;

  private final FakeUsage usage = new FakeUsage();
  private final InstantSource clock;

  FakeApi(InstantSource clock) {
    this.clock = clock;
  }

  /** Who asks. */
  record Caller(String tenant, boolean admin) {}

  /** A question that is refused. */
  static final class Refused extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int status;

    Refused(int status, String message) {
      super(message);
      this.status = status;
    }

    int status() {
      return status;
    }
  }

  Map<String, Object> answer(Caller caller, String path, Map<String, String> query) {
    check(path, query);
    List<String> tenants = tenants(caller, query.get("tenant"));
    return switch (path) {
      case "me" -> Map.of("tenant", caller.tenant(), "admin", caller.admin(), "currency", "USD");
      case "windows" -> windows(tenants, query);
      case "top" -> top(tenants, query);
      case "lines" -> lines(tenants, query);
      case "quotas" -> Map.of("limits", quotas());
      default -> throw new Refused(404, path + ": no such path");
    };
  }

  private static void check(String path, Map<String, String> query) {
    Set<String> known = PARAMETERS.getOrDefault(path, Set.of());
    query.keySet().stream()
        .filter(name -> !known.contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new Refused(400, name + ": unknown parameter (expected: one of " + known + ")");
            });
  }

  /** Whose usage the caller may ask for with that tenant parameter. */
  static List<String> tenants(Caller caller, @Nullable String asked) {
    if (caller.admin()) {
      return asked == null ? FakeUsage.TENANTS : List.of(asked);
    }
    if (asked != null && !asked.equals(caller.tenant())) {
      throw new Refused(403, "tenant: " + asked + " (expected: " + caller.tenant() + ")");
    }
    return List.of(caller.tenant());
  }

  private Map<String, Object> windows(List<String> tenants, Map<String, String> query) {
    String size = value(query, "size");
    Windows windows = new Windows(time(query, "from"), time(query, "to"), length(size));
    if (windows.starts().size() > 2_000) {
      throw new Refused(400, "size: too many windows");
    }
    var series =
        usage.series(tenants, value(query, "by"), windows).stream().map(FakeApi::json).toList();
    var answer = new LinkedHashMap<String, Object>();
    answer.put("size", size);
    answer.put("from", Instant.ofEpochMilli(windows.from()).toString());
    answer.put("to", Instant.ofEpochMilli(windows.to()).toString());
    answer.put("series", series);
    return answer;
  }

  private static Map<String, Object> json(Series series) {
    var points =
        series.points().entrySet().stream()
            .map(point -> point(point.getKey(), point.getValue()))
            .toList();
    return Map.of("name", series.name(), "points", points);
  }

  private static Map<String, Object> point(long start, Counts counts) {
    var json = new LinkedHashMap<String, Object>();
    json.put("start", Instant.ofEpochMilli(start).toString());
    json.putAll(counts.json());
    return json;
  }

  private Map<String, Object> top(List<String> tenants, Map<String, String> query) {
    long from = time(query, "from");
    long to = time(query, "to");
    long length =
        length(to - from <= 21_600_000 ? "minute" : to - from <= 604_800_000 ? "hour" : "day");
    Comparator<Counts> order =
        Comparator.comparingLong(
            counts ->
                switch (value(query, "measure")) {
                  case "tokens" -> counts.tokens();
                  case "cost" -> counts.cost();
                  default -> counts.requests();
                });
    var rows =
        usage.series(tenants, value(query, "by"), new Windows(from, to, length)).stream()
            .filter(series -> !series.name().containsKey("other"))
            .sorted(Comparator.comparing(Series::sum, order.reversed()))
            .limit(Integer.parseInt(value(query, "limit")))
            .map(series -> Map.of("name", series.name(), "totals", series.sum().json()))
            .toList();
    return Map.of("rows", rows);
  }

  /** A line every seven seconds; a filter makes all of them fit. */
  private static Map<String, Object> lines(List<String> tenants, Map<String, String> query) {
    long first = time(query, "from") / LINE_EVERY_MS + 1;
    long end = time(query, "to") / LINE_EVERY_MS;
    long start = query.containsKey("cursor") ? Long.parseLong(value(query, "cursor")) : first;
    long next = Math.min(end, start + Integer.parseInt(query.getOrDefault("limit", "100")));
    var lines =
        LongStream.range(start, next).mapToObj(i -> line(i, tenants.getFirst(), query)).toList();
    var answer = new LinkedHashMap<String, Object>();
    answer.put("lines", lines);
    answer.put("next", next < end ? Long.toString(next) : null);
    return answer;
  }

  static Map<String, Object> line(long i, String tenant, Map<String, String> query) {
    long ended = i * LINE_EVERY_MS;
    var line = new LinkedHashMap<String, Object>();
    line.put("request_id", "req-%08x".formatted(i));
    line.put("tenant", tenant);
    line.put("session", FakeUsage.session((int) (i % 10_000)));
    line.put("key", FakeUsage.key(i));
    line.putAll(FakeUsage.model(i));
    line.put("outcome", i % 71 == 0 ? "failed" : i % 43 == 0 ? "cancelled" : "finished");
    line.put("code", i % 71 == 0 ? "ENGINE_FAILED" : "");
    Map.of("session", "", "key", "", "model", "", "capability", "", "outcome", "").keySet().stream()
        .filter(query::containsKey)
        .forEach(name -> line.put(name, query.get(name)));
    line.put("prompt_tokens", 100 + i % 200);
    line.put("completion_tokens", 50 + i % 300);
    line.put("cached_tokens", i % 50);
    line.put("cost_micros", 900 + i % 5_000);
    line.put("price_version", "2026-11");
    line.put("started_at", Instant.ofEpochMilli(ended - 1_400 - i % 900).toString());
    line.put("first_token_at", Instant.ofEpochMilli(ended - 1_300).toString());
    line.put("ended_at", Instant.ofEpochMilli(ended).toString());
    return line;
  }

  private List<Map<String, Object>> quotas() {
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    Instant midnight = today.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    Instant monthEnd =
        today.withDayOfMonth(1).plusMonths(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    return List.of(
        quota("tenant", "tokens", "day", 40_000_000, 23_400_000, 120_000, midnight),
        quota("tenant", "cost", "month", 900_000_000, 702_000_000, 0, monthEnd),
        quota("key:nightly", "requests", "day", 5_000, 5_000, 0, midnight),
        quota("session:session-04211", "tokens", "month", 10_000_000, 3_100_000, 8_192, monthEnd));
  }

  private static Map<String, Object> quota(
      String scope,
      String measure,
      String period,
      long limit,
      long used,
      long reserved,
      Instant resets) {
    var quota = new TreeMap<String, Object>();
    quota.put("scope", scope);
    quota.put("measure", measure);
    quota.put("period", period);
    quota.put("limit", limit);
    quota.put("used", used);
    quota.put("reserved", reserved);
    quota.put("left", limit - used - reserved);
    quota.put("resets_at", resets.toString());
    return quota;
  }

  private static long length(String size) {
    return switch (size) {
      case "minute" -> 60_000;
      case "hour" -> 3_600_000;
      case "day" -> 86_400_000;
      default -> throw new Refused(400, "size: " + size + " (expected: minute, hour, day)");
    };
  }

  private static long time(Map<String, String> query, String name) {
    String text = value(query, name);
    return text.contains("T") ? Instant.parse(text).toEpochMilli() : Long.parseLong(text);
  }

  private static String value(Map<String, String> query, String name) {
    @Nullable String value = query.get(name);
    if (value == null) {
      throw new Refused(400, name + ": missing (expected: a value)");
    }
    return value;
  }
}
