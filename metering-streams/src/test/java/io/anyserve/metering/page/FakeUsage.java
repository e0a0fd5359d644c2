package io.anyserve.metering.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Makes up usage of three tenants, 10,000 sessions and any time, always the same for the same
 * question. By model, by tenant and altogether the numbers add up.
 */
final class FakeUsage {

  static final List<String> TENANTS = List.of("acme", "globex", "initech");

  private static final List<Double> TENANT_WEIGHTS = List.of(0.55, 0.3, 0.15);
  private static final List<String> KEYS =
      List.of("web", "mobile", "support-bot", "nightly", "search", "ci", "notebook", "partner");
  private static final List<Model> MODELS =
      List.of(
          new Model("chat", "story-15m", 0.44, 0.15),
          new Model("chat", "qwen2.5-0.5b", 0.27, 0.5),
          new Model("summary", "qwen2.5-0.5b", 0.16, 0.5),
          new Model("embedding", "minilm-l6", 0.09, 0.02),
          new Model("rerank", "bge-small", 0.04, 0.05));
  private static final int SESSIONS = 10_000;
  private static final int MOST_SERIES = 200;
  private static final double REQUESTS_PER_HOUR = 2_400;
  private static final long HOUR = 3_600_000;

  private record Model(String capability, String name, double weight, double price) {}

  /** How long windows are, and where they lie. */
  record Windows(long from, long to, long length) {

    List<Long> starts() {
      return Stream.iterate(from, start -> start < to, start -> start + length).toList();
    }
  }

  /** A series of the API: its name and its points by start. */
  record Series(Map<String, Object> name, Map<Long, Counts> points) {

    Counts sum() {
      return points.values().stream().reduce(Counts.NONE, Counts::plus);
    }
  }

  /** What the tenants used, told apart as the API does. */
  List<Series> series(List<String> tenants, String by, Windows windows) {
    return switch (by) {
      case "none" -> List.of(series(Map.of(), tenants, MODELS, windows));
      case "tenant" ->
          tenants.stream()
              .map(t -> series(named("tenant", t), List.of(t), MODELS, windows))
              .toList();
      case "capability" ->
          MODELS.stream()
              .map(Model::capability)
              .distinct()
              .map(c -> series(named("capability", c), tenants, ofCapability(c), windows))
              .toList();
      case "model" ->
          MODELS.stream().map(m -> series(name(m), tenants, List.of(m), windows)).toList();
      case "session" -> shares(tenants, windows, SESSIONS, "session");
      case "key" -> shares(tenants, windows, KEYS.size(), "key");
      default -> throw new IllegalArgumentException("by: " + by);
    };
  }

  private static Map<String, Object> name(Model model) {
    var name = named("capability", model.capability());
    name.put("model", model.name());
    return name;
  }

  private static Map<String, Object> named(String kind, String value) {
    var name = new LinkedHashMap<String, Object>();
    name.put(kind, value);
    return name;
  }

  private static List<Model> ofCapability(String capability) {
    return MODELS.stream().filter(model -> model.capability().equals(capability)).toList();
  }

  private static Series series(
      Map<String, Object> name, List<String> tenants, List<Model> models, Windows windows) {
    var points = new LinkedHashMap<Long, Counts>();
    for (long start : windows.starts()) {
      Counts sum =
          tenants.stream()
              .flatMap(t -> models.stream().map(m -> counts(t, m, start, windows.length())))
              .reduce(Counts.NONE, Counts::plus);
      points.put(start, sum);
    }
    return new Series(name, points);
  }

  private static Counts counts(String tenant, Model model, long start, long length) {
    double hours = (double) length / HOUR;
    double weight = TENANT_WEIGHTS.get(TENANTS.indexOf(tenant)) * model.weight();
    double swing = length < 24 * HOUR ? daylight(start) : 1;
    double week = Math.floorMod(start / (24 * HOUR) + 3, 7) < 5 ? 1 : 0.45;
    double growth = 1 + Math.floorMod(start / (24 * HOUR), 400) / 400.0;
    double luck = 0.8 + 0.4 * noise(start, tenant, model.name(), model.capability());
    long requests = Math.round(REQUESTS_PER_HOUR * hours * weight * swing * week * growth * luck);
    return Counts.of(requests, noise(start, "incident"), model.price());
  }

  private static double daylight(long start) {
    double hour = (start % (24 * HOUR)) / (double) HOUR;
    return 1 + 0.75 * Math.sin((hour - 8) / 24 * 2 * Math.PI);
  }

  /** From 0 to 1. */
  private static double noise(long start, String... what) {
    long mixed = start / 60_000 + List.of(what).hashCode() * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return ((mixed ^ (mixed >>> 31)) >>> 11) / (double) (1L << 53);
  }

  /** The largest by themselves, the rest as other. Small sessions are not active all the time. */
  private static List<Series> shares(List<String> tenants, Windows windows, int size, String kind) {
    Series all = series(Map.of(), tenants, MODELS, windows);
    double whole = IntStream.range(0, size).mapToDouble(i -> 1.0 / (i + 2)).sum();
    int shown = Math.min(size, MOST_SERIES - 1);
    var series = new ArrayList<Series>();
    Map<Long, Counts> rest = new LinkedHashMap<>(all.points());
    for (int i = 0; i < shown; i++) {
      int rank = i;
      var points = new LinkedHashMap<Long, Counts>();
      all.points()
          .forEach(
              (start, counts) -> {
                if (rank < 12 || noise(start, kind, "" + rank) < 0.1) {
                  points.put(start, counts.share(1.0 / (rank + 2) / whole));
                  rest.computeIfPresent(start, (s, left) -> left.minus(points.get(start)));
                }
              });
      var name = named(kind, kind.equals("key") ? KEYS.get(rank) : session(rank));
      if (tenants.size() > 1) {
        name.put("tenant", tenants.get(rank % tenants.size()));
      }
      series.add(new Series(name, points));
    }
    if (shown < size) {
      series.add(new Series(Map.of("other", true), rest));
    }
    return series;
  }

  static String session(int rank) {
    return "session-%05d".formatted(Math.floorMod(rank * 7_919 + 4_211, SESSIONS));
  }

  /** Key of the n-th line. */
  static String key(long line) {
    return KEYS.get(Math.floorMod(line * 5, KEYS.size()));
  }

  /** Capability and model of the n-th line. */
  static Map<String, Object> model(long line) {
    return name(MODELS.get(Math.floorMod(line * 7, MODELS.size())));
  }
}
