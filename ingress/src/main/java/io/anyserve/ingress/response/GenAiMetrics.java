package io.anyserve.ingress.response;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.runtime.trace.GenAiOperation;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/**
 * What clients get of models, under the names, attributes and buckets of OpenTelemetry's GenAI
 * conventions. Every interval is measured here, from a request's arrival. The models are those that
 * workers name, the first {@value #MOST_MODELS} of them; the rest is one. Thread-safe.
 */
final class GenAiMetrics {

  private static final int MOST_MODELS = 100;
  private static final String OTHER_MODEL = "_OTHER";
  private static final String UNKNOWN_MODEL = "";
  private static final Duration[] DURATIONS = millis(LongStream.iterate(10, d -> d * 2).limit(14));
  private static final Duration[] FIRST_TOKENS =
      millis(
          LongStream.of(
              1, 5, 10, 20, 40, 60, 80, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000));
  private static final Duration[] PER_TOKEN =
      millis(LongStream.of(10, 25, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1000, 2500));
  private static final double[] TOKENS =
      LongStream.iterate(1, n -> n * 4).limit(14).asDoubleStream().toArray();

  private final MeterRegistry registry;
  private final Map<String, String> models = new ConcurrentHashMap<>();
  private final Map<Kind, Durations> succeeded = new ConcurrentHashMap<>();
  private final Map<Failure, Timer> failed = new ConcurrentHashMap<>();

  private record Kind(GenAiOperation operation, String model) {

    Tags tags() {
      return Tags.of(
          "gen_ai.operation.name",
          operation.value(),
          "gen_ai.provider.name",
          GenAiOperation.PROVIDER,
          "gen_ai.request.model",
          model);
    }
  }

  private record Failure(Kind kind, FailureCode code) {}

  private record Durations(
      Timer whole,
      Timer firstToken,
      Timer perToken,
      DistributionSummary input,
      DistributionSummary output) {}

  GenAiMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  private static Duration[] millis(LongStream buckets) {
    return buckets.mapToObj(Duration::ofMillis).toArray(Duration[]::new);
  }

  /**
   * A complete answer.
   *
   * @param nanos until its end
   * @param firstToken nanoseconds until its first piece; negative where there was none
   */
  void finished(
      GenAiOperation operation, String model, long nanos, long firstToken, TokenUsage usage) {
    Durations durations = succeeded.computeIfAbsent(kind(operation, model), this::durations);
    durations.whole().record(nanos, TimeUnit.NANOSECONDS);
    durations.input().record((double) usage.prompt());
    durations.output().record((double) usage.completion());
    if (firstToken >= 0) {
      durations.firstToken().record(firstToken, TimeUnit.NANOSECONDS);
      perToken(durations, nanos - firstToken, usage.completion() - 1);
    }
  }

  private static void perToken(Durations durations, long nanos, long tokens) {
    if (tokens > 0) {
      durations.perToken().record(nanos / tokens, TimeUnit.NANOSECONDS);
    }
  }

  /** No complete answer. */
  void failed(GenAiOperation operation, String model, long nanos, FailureCode code) {
    failed
        .computeIfAbsent(new Failure(kind(operation, model), code), this::failures)
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  private Kind kind(GenAiOperation operation, String model) {
    return new Kind(operation, bounded(model));
  }

  private String bounded(String model) {
    String known = models.get(model);
    if (known != null) {
      return known;
    }
    return models.size() < MOST_MODELS ? models.computeIfAbsent(model, name -> name) : OTHER_MODEL;
  }

  private Durations durations(Kind kind) {
    return new Durations(
        whole(kind, Optional.empty()),
        timer(kind, "time_to_first_token", "Until the first piece of an answer", FIRST_TOKENS),
        timer(kind, "time_per_output_token", "Mean for each token after the first", PER_TOKEN),
        tokens(kind, "input"),
        tokens(kind, "output"));
  }

  private Timer failures(Failure failure) {
    return whole(failure.kind(), Optional.of(failure.code()));
  }

  private Timer whole(Kind kind, Optional<FailureCode> error) {
    return Timer.builder("gen_ai.server.request.duration")
        .description("From a request's arrival to its end")
        .tags(kind.tags())
        .tag("error.type", error.map(code -> code.name().toLowerCase(Locale.ROOT)).orElse(""))
        .serviceLevelObjectives(DURATIONS)
        .register(registry);
  }

  private Timer timer(Kind kind, String name, String description, Duration[] buckets) {
    return Timer.builder("gen_ai.server." + name)
        .description(description)
        .tags(kind.tags())
        .serviceLevelObjectives(buckets)
        .register(registry);
  }

  private DistributionSummary tokens(Kind kind, String type) {
    return DistributionSummary.builder("gen_ai.client.token.usage")
        .description("Tokens of complete answers, by input and output")
        .tags(kind.tags())
        .tag("gen_ai.token.type", type)
        .serviceLevelObjectives(TOKENS)
        .register(registry);
  }

  /** What one reader's request becomes. Guarded by the lock of its {@link ResponseStream}. */
  static final class Measurement {

    private final GenAiMetrics meters;
    private final GenAiOperation operation;
    private String model = UNKNOWN_MODEL;
    private long firstToken = -1;
    private boolean over;

    Measurement(GenAiMetrics meters, GenAiOperation operation) {
      this.meters = meters;
      this.operation = operation;
    }

    void started(String answering) {
      model = answering;
    }

    void firstToken(long nanos) {
      firstToken = nanos;
    }

    void finished(long nanos, TokenUsage usage) {
      if (!over) {
        over = true;
        meters.finished(operation, model, nanos, firstToken, usage);
      }
    }

    void failed(long nanos, FailureCode code) {
      if (!over) {
        over = true;
        meters.failed(operation, model, nanos, code);
      }
    }
  }
}
