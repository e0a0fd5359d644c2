package io.anyserve.contracts.event;

import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import java.time.Instant;

/** The totals of one session: the sum of its ledger lines. */
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

  public static SessionUsage of(LedgerEntry line) {
    Instant at = line.times().endedAt();
    return new SessionUsage(
            line.context().tenant(), line.context().session(), 0, 0, 0, TokenUsage.NONE, 0, at, at)
        .plus(line);
  }

  public SessionUsage plus(LedgerEntry line) {
    Instant at = line.times().endedAt();
    return new SessionUsage(
        tenant,
        session,
        finished + (line.outcome() == Outcome.FINISHED ? 1 : 0),
        failed + (line.outcome() == Outcome.FAILED ? 1 : 0),
        cancelled + (line.outcome() == Outcome.CANCELLED ? 1 : 0),
        usage.plus(line.usage()),
        chunks + line.chunks(),
        at.isBefore(firstAt) ? at : firstAt,
        at.isAfter(lastAt) ? at : lastAt);
  }
}
