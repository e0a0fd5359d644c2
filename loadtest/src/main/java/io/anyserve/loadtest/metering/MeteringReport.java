package io.anyserve.loadtest.metering;

import io.anyserve.loadtest.Latency;
import java.time.Instant;

/**
 * One run of the metering benchmark.
 *
 * @param underWay the most requests that were written and not yet counted, in closed loop
 * @param metering from {@code tokens} into {@code usage}
 * @param passThrough the same load through Kafka Streams that counts nothing
 * @param ledger what was written beside what the ledger says
 */
public record MeteringReport(
    Instant at,
    String machine,
    int underWay,
    Throughput metering,
    Throughput passThrough,
    Lag lag,
    Ledger ledger) {

  /**
   * How long after its end was handed to the producer a request's line was read.
   *
   * @param requestsPerSecond that were written meanwhile
   */
  public record Lag(double requestsPerSecond, Latency latency) {}

  /**
   * All that was written and all that was billed.
   *
   * @param requestsBilled different ones
   */
  public record Ledger(
      long requestsWritten,
      long requestsBilled,
      long lines,
      long tokensWritten,
      long tokensBilled) {

    /** Each request has one line, and the tokens add up. */
    public boolean exact() {
      return requestsWritten == requestsBilled
          && lines == requestsBilled
          && tokensWritten == tokensBilled;
    }
  }

  /** Chunks per second over those of the pass-through. */
  public double share() {
    return metering.chunksPerSecond() / passThrough.chunksPerSecond();
  }
}
