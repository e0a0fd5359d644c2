package io.anyserve.contracts.event;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import java.time.Instant;

/** The totals of one session: the sum of its ledger entries. */
public record SessionUsage(
    TenantId tenant,
    SessionId session,
    long finished,
    long failed,
    long cancelled,
    TokenUsage usage,
    long chunks,
    Instant firstAt,
    Instant lastAt) {

  public long requests() {
    return finished + failed + cancelled;
  }

  public static SessionUsage of(LedgerEntry entry) {
    Instant at = entry.times().endedAt();
    return new SessionUsage(
            entry.context().tenant(),
            entry.context().session(),
            0,
            0,
            0,
            TokenUsage.NONE,
            0,
            at,
            at)
        .plus(entry);
  }

  public SessionUsage plus(LedgerEntry entry) {
    Instant at = entry.times().endedAt();
    return new SessionUsage(
        tenant,
        session,
        finished + (entry.outcome() == Outcome.FINISHED ? 1 : 0),
        failed + (entry.outcome() == Outcome.FAILED ? 1 : 0),
        cancelled + (entry.outcome() == Outcome.CANCELLED ? 1 : 0),
        usage.plus(entry.usage()),
        chunks + entry.chunks(),
        at.isBefore(firstAt) ? at : firstAt,
        at.isAfter(lastAt) ? at : lastAt);
  }
}
