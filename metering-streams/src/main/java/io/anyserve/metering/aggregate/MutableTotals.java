package io.anyserve.metering.aggregate;

import io.anyserve.contracts.Saturation;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.LatencyHistogram;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.UsageTotals;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;

/** Totals that grow entry by entry. Owned by the thread of their task. */
final class MutableTotals {

  private static final int STEPS = LatencyHistogram.bounds().size();

  private final long[] firstToken = new long[STEPS];
  private final long[] duration = new long[STEPS];
  private long finished;
  private long failed;
  private long cancelled;
  private long prompt;
  private long completion;
  private long cached;
  private long chunks;
  private long bytesIn;
  private long bytesOut;
  private long engineMicros;
  private long cost;
  private long unpriced;

  void add(LedgerEntry entry) {
    switch (entry.outcome()) {
      case FINISHED -> finished++;
      case FAILED -> failed++;
      case CANCELLED -> cancelled++;
    }
    prompt = Saturation.add(prompt, entry.usage().prompt());
    completion = Saturation.add(completion, entry.usage().completion());
    cached = Saturation.add(cached, entry.usage().cached());
    chunks = Saturation.add(chunks, entry.chunks());
    bytesIn = Saturation.add(bytesIn, entry.volume().in());
    bytesOut = Saturation.add(bytesOut, entry.volume().out());
    engineMicros = Saturation.add(engineMicros, entry.engineTime().toNanos() / 1_000);
    cost = Saturation.add(cost, entry.cost().micros());
    unpriced = Saturation.add(unpriced, entry.cost().priced() ? 0 : 1);
    entry.times().startedAt().ifPresent(started -> addTimes(started, entry.times()));
  }

  private void addTimes(Instant started, LedgerEntry.Times times) {
    count(duration, started, times.endedAt());
    Optional<Instant> first = times.firstTokenAt();
    first.ifPresent(at -> count(firstToken, started, at));
  }

  private static void count(long[] counts, Instant from, Instant to) {
    counts[LatencyHistogram.step(Duration.between(from, to))]++;
  }

  void add(MutableTotals other) {
    finished += other.finished;
    failed += other.failed;
    cancelled += other.cancelled;
    prompt = Saturation.add(prompt, other.prompt);
    completion = Saturation.add(completion, other.completion);
    cached = Saturation.add(cached, other.cached);
    chunks = Saturation.add(chunks, other.chunks);
    bytesIn = Saturation.add(bytesIn, other.bytesIn);
    bytesOut = Saturation.add(bytesOut, other.bytesOut);
    engineMicros = Saturation.add(engineMicros, other.engineMicros);
    cost = Saturation.add(cost, other.cost);
    unpriced = Saturation.add(unpriced, other.unpriced);
    for (int i = 0; i < STEPS; i++) {
      firstToken[i] += other.firstToken[i];
      duration[i] += other.duration[i];
    }
  }

  UsageTotals totals() {
    return new UsageTotals(
        finished,
        failed,
        cancelled,
        new TokenUsage(prompt, completion, cached),
        chunks,
        new LedgerEntry.Volume(bytesIn, bytesOut),
        Duration.of(engineMicros, ChronoUnit.MICROS),
        cost,
        unpriced,
        histogram(firstToken),
        histogram(duration));
  }

  private static LatencyHistogram histogram(long[] counts) {
    int used = STEPS;
    while (used > 0 && counts[used - 1] == 0) {
      used--;
    }
    return new LatencyHistogram(Arrays.stream(counts, 0, used).boxed().toList());
  }
}
