package io.anyserve.metering;

import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.metering.ledger.FoldResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * What metering tells about itself. Thread-safe. Since the start of the process:
 *
 * <pre>
 * events read = events{counted} + events{void} + events{repeated}
 *     + rejected{malformed} + rejected{gap} + rejected{fault}
 * </pre>
 *
 * where a terminal event that counts is one line too. Work of an aborted transaction is done, and
 * counted here, again; the ledger has it once.
 */
final class MeteringMetrics {

  private static final String PREFIX = "anyserve.metering.";
  private static final Duration[] LAGS =
      LongStream.of(10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final Map<FoldResult.Quiet, Counter> events;
  private final Map<FoldResult.Reason, Counter> rejected;
  private final Map<Outcome, Counter> lines;
  private final Counter doubted;
  private final Counter promptTokens;
  private final Counter completionTokens;
  private final Counter driftLines;
  private final Counter driftTokens;
  private final Counter purged;
  private final Counter readBack;
  private final Timer lag;
  private final Map<Integer, Integer> inFlight = new ConcurrentHashMap<>();

  MeteringMetrics(MeterRegistry registry) {
    events =
        each(
            FoldResult.Quiet.class,
            kind -> counter(registry, "events", "Token events read", "outcome", kind));
    rejected =
        each(
            FoldResult.Reason.class,
            kind -> counter(registry, "rejected", "Token events sent to dlq", "reason", kind));
    lines =
        each(
            Outcome.class,
            kind -> counter(registry, "lines", "Ledger lines written", "outcome", kind));
    doubted = counter(registry, "doubted", "Token events that count without what they cannot say");
    promptTokens = counter(registry, "prompt.tokens", "Prompt tokens in ledger lines");
    completionTokens = counter(registry, "completion.tokens", "Answer tokens in ledger lines");
    driftLines = counter(registry, "drift.lines", "Lines whose terminal event claims other counts");
    driftTokens = counter(registry, "drift.tokens", "Tokens by which such claims are off");
    purged = counter(registry, "purged", "Requests forgotten because they never ended");
    readBack = counter(registry, "read.back", "Records read again after a restart");
    lag =
        Timer.builder(PREFIX + "lag")
            .description("From a request's end in the log to its ledger entry")
            .serviceLevelObjectives(LAGS)
            .register(registry);
    Gauge.builder(PREFIX + "in.flight", this, MeteringMetrics::inFlight)
        .description("Requests that started and did not end")
        .register(registry);
  }

  void event(FoldResult.Quiet verdict) {
    count(events, verdict);
  }

  void rejected(FoldResult.Reason reason) {
    count(rejected, reason);
  }

  void doubted() {
    doubted.increment();
  }

  /**
   * @param behind from the end of the request until now
   */
  void entry(LedgerEntry entry, long drift, Duration behind) {
    count(events, FoldResult.Quiet.COUNTED);
    count(lines, entry.outcome());
    add(promptTokens, entry.usage().prompt());
    add(completionTokens, entry.usage().completion());
    lag.record(behind.isNegative() ? Duration.ZERO : behind);
    if (drift > 0) {
      driftLines.increment();
      add(driftTokens, drift);
    }
  }

  void purged(int requests) {
    add(purged, requests);
  }

  void readBack(long records) {
    add(readBack, records);
  }

  void inFlight(int partition, int requests) {
    inFlight.put(partition, requests);
  }

  /** The partition is somebody else's now. */
  void released(int partition) {
    inFlight.remove(partition);
  }

  private static void add(Counter counter, long amount) {
    counter.increment((double) amount);
  }

  private double inFlight() {
    return inFlight.values().stream().mapToInt(Integer::intValue).sum();
  }

  private static <E extends Enum<E>> void count(Map<E, Counter> counters, E kind) {
    Counter counter = counters.get(kind);
    if (counter != null) {
      counter.increment();
    }
  }

  private static <E extends Enum<E>> Map<E, Counter> each(
      Class<E> kinds, Function<E, Counter> counter) {
    Map<E, Counter> counters = new EnumMap<>(kinds);
    for (E kind : kinds.getEnumConstants()) {
      counters.put(kind, counter.apply(kind));
    }
    return counters;
  }

  private static Counter counter(
      MeterRegistry registry, String name, String description, String tag, Enum<?> kind) {
    return Counter.builder(PREFIX + name)
        .description(description)
        .tag(tag, kind.name().toLowerCase(Locale.ROOT))
        .register(registry);
  }

  private static Counter counter(MeterRegistry registry, String name, String description) {
    return Counter.builder(PREFIX + name).description(description).register(registry);
  }
}
