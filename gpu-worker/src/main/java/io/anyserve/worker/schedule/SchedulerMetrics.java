package io.anyserve.worker.schedule;

import io.anyserve.contracts.Capability;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.stream.LongStream;

/** The metrics of a scheduler. */
public record SchedulerMetrics(
    Counter tokens,
    Counter guessedTokens,
    Counter rightGuesses,
    Timer steps,
    DistributionSummary batch,
    Counter preemptions,
    CacheMetrics cache) {

  private static final Duration[] STEPS =
      LongStream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);
  private static final double[] BATCHES =
      LongStream.iterate(1, size -> size * 2).limit(13).asDoubleStream().toArray();

  public static SchedulerMetrics of(MeterRegistry registry, Capability capability) {
    Tags tags = Tags.of("capability", capability.value());
    return new SchedulerMetrics(
        Counter.builder("anyserve.worker.tokens")
            .description("Tokens written by engines")
            .tags(tags)
            .register(registry),
        Counter.builder("anyserve.worker.guessed.tokens")
            .description("Tokens that engines guessed before they computed them")
            .tags(tags)
            .register(registry),
        Counter.builder("anyserve.worker.guessed.tokens.right")
            .description("Of the guessed tokens, those that the model wrote")
            .tags(tags)
            .register(registry),
        Timer.builder("anyserve.worker.step")
            .description("Duration of an engine step that moved something on")
            .serviceLevelObjectives(STEPS)
            .tags(tags)
            .register(registry),
        DistributionSummary.builder("anyserve.worker.batch.size")
            .description("Sequences in the engine at a step")
            .serviceLevelObjectives(BATCHES)
            .tags(tags)
            .register(registry),
        Counter.builder("anyserve.worker.preemptions")
            .description(
                "Sequences that left their slot or their memory to others and continue later")
            .tags(tags)
            .register(registry),
        new CacheMetrics(registry, tags));
  }
}
