package io.anyserve.loadtest;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;

/**
 * One run of the pipeline benchmark.
 *
 * @param raw the floor, at the pace of {@code openLoop}
 * @param closedLoop by number of streams
 * @param skeleton the floor at the greatest number of streams
 * @param ledger what the streams carried beside what the ledger says
 */
public record PipelineReport(
    Instant at,
    String machine,
    Latency raw,
    LoadResult openLoop,
    Map<Integer, LoadResult> closedLoop,
    LoadResult skeleton,
    Ledger ledger) {

  /** Tokens and requests of all streams, as seen by the clients and as billed. */
  public record Ledger(long requestsSeen, long requestsBilled, long tokensSeen, long tokensBilled) {

    public boolean exact() {
      return requestsSeen == requestsBilled && tokensSeen == tokensBilled;
    }
  }

  /** Time to the first token over the raw round trip, medians. */
  public double firstTokenRatio() {
    return openLoop.firstToken().p50() / raw.p50();
  }

  /** Requests per second at the greatest number of streams over those of the bare skeleton. */
  public double skeletonRatio() {
    int widest = Collections.max(closedLoop.keySet());
    return Objects.requireNonNull(closedLoop.get(widest)).requestsPerSecond()
        / skeleton.requestsPerSecond();
  }
}
