package io.anyserve.contracts.event;

import io.anyserve.contracts.Saturation;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.LedgerEntry.Volume;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Sums over ledger entries; a sum stops at 2^63 - 1.
 *
 * @param engineTime in the engine
 * @param costMicros millionths of the price book's currency
 * @param unpriced requests for which no price book has a price
 * @param firstToken from the first Started to the first chunk, of requests that had one
 * @param duration from the first Started to the end, of requests that a worker took
 */
public record UsageTotals(
    long finished,
    long failed,
    long cancelled,
    TokenUsage usage,
    long chunks,
    Volume volume,
    Duration engineTime,
    long costMicros,
    long unpriced,
    LatencyHistogram firstToken,
    LatencyHistogram duration) {

  public static final UsageTotals NONE =
      new UsageTotals(
          0,
          0,
          0,
          TokenUsage.NONE,
          0,
          Volume.NONE,
          Duration.ZERO,
          0,
          0,
          LatencyHistogram.EMPTY,
          LatencyHistogram.EMPTY);

  public static UsageTotals of(LedgerEntry entry) {
    Optional<Instant> started = entry.times().startedAt();
    return new UsageTotals(
        entry.outcome() == Outcome.FINISHED ? 1 : 0,
        entry.outcome() == Outcome.FAILED ? 1 : 0,
        entry.outcome() == Outcome.CANCELLED ? 1 : 0,
        entry.usage(),
        entry.chunks(),
        entry.volume(),
        entry.engineTime(),
        entry.cost().micros(),
        entry.cost().priced() ? 0 : 1,
        between(started, entry.times().firstTokenAt()),
        between(started, Optional.of(entry.times().endedAt())));
  }

  private static LatencyHistogram between(Optional<Instant> from, Optional<Instant> to) {
    return from.isPresent() && to.isPresent()
        ? LatencyHistogram.of(Duration.between(from.get(), to.get()))
        : LatencyHistogram.EMPTY;
  }

  public long requests() {
    return finished + failed + cancelled;
  }

  public UsageTotals plus(UsageTotals other) {
    return new UsageTotals(
        Saturation.add(finished, other.finished),
        Saturation.add(failed, other.failed),
        Saturation.add(cancelled, other.cancelled),
        usage.plus(other.usage),
        Saturation.add(chunks, other.chunks),
        new Volume(
            Saturation.add(volume.in(), other.volume.in()),
            Saturation.add(volume.out(), other.volume.out())),
        engineTime.plus(other.engineTime),
        Saturation.add(costMicros, other.costMicros),
        Saturation.add(unpriced, other.unpriced),
        firstToken.plus(other.firstToken),
        duration.plus(other.duration));
  }
}
