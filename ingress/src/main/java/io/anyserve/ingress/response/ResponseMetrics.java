package io.anyserve.ingress.response;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.event.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * What becomes of requests, as this ingress saw it and told its clients:
 *
 * <pre>
 * accepted = finished + failed + cancelled + in flight
 * </pre>
 *
 * A request that never reached the log is refused and not accepted. Thread-safe.
 */
public final class ResponseMetrics {

  private static final Duration[] BUCKETS =
      Stream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Counter accepted;
  private final Map<Outcome, Counter> ended = new EnumMap<>(Outcome.class);
  private final Map<FailureCode, Counter> refused = new EnumMap<>(FailureCode.class);
  private final Counter overflows;
  private final Counter duplicates;
  private final Timer firstToken;
  private final Timer duration;
  private final GenAiMetrics genAi;
  private final ResumeMetrics resumes;

  public ResponseMetrics(MeterRegistry registry) {
    genAi = new GenAiMetrics(registry);
    resumes = new ResumeMetrics(registry);
    accepted =
        Counter.builder("anyserve.ingress.requests.accepted")
            .description("Requests that are in the log")
            .register(registry);
    for (Outcome outcome : Outcome.values()) {
      ended.put(outcome, ended(registry, outcome));
    }
    for (FailureCode code : FailureCode.values()) {
      refused.put(code, refused(registry, code));
    }
    overflows =
        counter(
            registry,
            "replies.overflowed",
            "Times that a caller read too slowly and was left to the log");
    duplicates =
        counter(registry, "requests.duplicate", "Submissions of an idempotency key used before");
    firstToken =
        timer(registry, "first.token", "From a request's arrival to the first piece of its answer");
    duration = timer(registry, "duration", "From a request's arrival to its end");
    Gauge.builder("anyserve.ingress.replies.waiting", waiting, AtomicInteger::get)
        .description("Events in memory that wait for slow callers")
        .register(registry);
    Gauge.builder("anyserve.ingress.requests.in.flight", inFlight, AtomicInteger::get)
        .description("Accepted requests that have not come to their end")
        .register(registry);
  }

  private static Counter ended(MeterRegistry registry, Outcome outcome) {
    return Counter.builder("anyserve.ingress.requests.ended")
        .description("Accepted requests that came to their end, by how they ended")
        .tag("outcome", lower(outcome))
        .register(registry);
  }

  private static Counter refused(MeterRegistry registry, FailureCode code) {
    return Counter.builder("anyserve.ingress.requests.refused")
        .description("Requests that never reached the log, by failure code")
        .tag("code", lower(code))
        .register(registry);
  }

  private static Counter counter(MeterRegistry registry, String name, String description) {
    return Counter.builder("anyserve.ingress." + name).description(description).register(registry);
  }

  private static Timer timer(MeterRegistry registry, String name, String description) {
    return Timer.builder("anyserve.ingress.requests." + name)
        .description(description)
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static <K> Counter of(Map<K, Counter> counters, K key) {
    return Objects.requireNonNull(counters.get(key), "every constant has its counter");
  }

  GenAiMetrics genAi() {
    return genAi;
  }

  ResumeMetrics resumes() {
    return resumes;
  }

  /** A request did not get into the log. */
  void refused(FailureCode code) {
    of(refused, code).increment();
  }

  void accepted() {
    accepted.increment();
    inFlight.incrementAndGet();
  }

  void ended(Outcome outcome, long nanos) {
    of(ended, outcome).increment();
    inFlight.decrementAndGet();
    duration.record(nanos, TimeUnit.NANOSECONDS);
  }

  void firstToken(long nanos) {
    firstToken.record(nanos, TimeUnit.NANOSECONDS);
  }

  void waits(int change) {
    waiting.addAndGet(change);
  }

  void overflowed() {
    overflows.increment();
  }

  void duplicate() {
    duplicates.increment();
  }
}
