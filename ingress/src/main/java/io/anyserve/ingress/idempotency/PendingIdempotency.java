package io.anyserve.ingress.idempotency;

import io.anyserve.contracts.Idempotency;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.DuplicateSubmission;
import io.anyserve.contracts.event.TokenRecord;
import java.time.Instant;
import java.util.Optional;

/**
 * A submission under an idempotency key, until the log says whether it is the first.
 *
 * @param acceptedAt in milliseconds no two submissions of an ingress share
 * @param again where the key may be used once more if the earlier request never began
 */
public record PendingIdempotency(
    Idempotency idempotency, Instant acceptedAt, Optional<Resubmission> again) {

  /** Whose answer is that of the earlier request, whatever became of it. */
  public PendingIdempotency(Idempotency idempotency, Instant acceptedAt) {
    this(idempotency, acceptedAt, Optional.empty());
  }

  /** What that record of the request's stream says about this submission. */
  public IdempotencyVerdict judge(TokenRecord record) {
    if (record.event() instanceof DuplicateSubmission duplicate) {
      return record.executionId() == idempotency.nonce()
          ? judge(duplicate)
          : IdempotencyVerdict.UNDECIDED;
    }
    return isProvedBy(record.event()) ? IdempotencyVerdict.FIRST : IdempotencyVerdict.UNDECIDED;
  }

  private IdempotencyVerdict judge(DuplicateSubmission duplicate) {
    return duplicate.digest().equals(idempotency.digest())
        ? new IdempotencyVerdict.Repeated(duplicate)
        : IdempotencyVerdict.CONFLICT;
  }

  /**
   * Only the first event of a stream can say so: it carries the context of the first submission.
   */
  private boolean isProvedBy(TokenEvent event) {
    return event.requestContext().filter(this::isOf).isPresent();
  }

  private boolean isOf(RequestContext context) {
    return context.acceptedAt().toEpochMilli() == acceptedAt.toEpochMilli();
  }
}
