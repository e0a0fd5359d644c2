package io.anyserve.router.recovery;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.FencedStream;
import io.anyserve.contracts.event.FencedStream.Verdict;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import java.time.Duration;
import java.util.Optional;

/** What the events of one request say. Times are milliseconds since the epoch. */
public sealed interface TrackedRequest {

  /**
   * A worker runs it.
   *
   * @param record the Started event that counts
   * @param firstOffset of its first Started event
   * @param firstAt of its first Started event, by the log's clock
   * @param at of the one that counts, by the log's clock
   * @param seenAt when that one was read, by the router's clock
   * @param contestedAt when a fenced execution wrote last, or this one said that it stops, by the
   *     router's clock; 0 for never. Nobody may go on with the request.
   * @param recovered this attempt's request was published again
   * @param beganAnew its attempt has the number of the one before: it did not read back what that
   *     one wrote
   */
  record Running(
      TokenRecord record,
      long firstOffset,
      long firstAt,
      long at,
      long seenAt,
      long contestedAt,
      boolean recovered,
      boolean beganAnew)
      implements TrackedRequest {

    public Started started() {
      return (Started) record.event();
    }

    public ServedBy servedBy() {
      return started().servedBy(record.attempt());
    }

    /** The verdict on an event that follows this one. */
    Verdict verdict(TokenRecord next) {
      FencedStream progress = new FencedStream();
      progress.apply(record);
      return progress.apply(next);
    }

    /** Whether that event is of the same execution. */
    boolean isOf(TokenRecord event) {
      return record.attempt() == event.attempt() && record.executionId() == event.executionId();
    }

    Running then(TokenRecord next, long nextAt, long nextSeenAt) {
      boolean anew = next.attempt() == record.attempt();
      return new Running(next, firstOffset, firstAt, nextAt, nextSeenAt, 0, false, anew);
    }

    Running contested(long now) {
      return new Running(record, firstOffset, firstAt, at, seenAt, now, recovered, beganAnew);
    }

    Running marked() {
      return new Running(record, firstOffset, firstAt, at, seenAt, contestedAt, true, beganAnew);
    }
  }

  /**
   * It is over, and its ledger entry may not be written yet.
   *
   * @param last empty where no worker took it
   * @param endedAt by the log's clock
   */
  record Ended(
      RequestContext context,
      Optional<Running> last,
      Outcome outcome,
      Optional<Failure> failure,
      TokenUsage usage,
      Duration engineTime,
      long endedAt)
      implements TrackedRequest {}
}
