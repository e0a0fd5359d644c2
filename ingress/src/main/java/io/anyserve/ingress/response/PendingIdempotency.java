package io.anyserve.ingress.response;

import io.anyserve.contracts.Idempotency;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.event.TokenEvent;
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

  /**
   * Only the first event of a stream can say so: it carries the context of the first submission.
   */
  boolean isProvedBy(TokenEvent event) {
    return event.requestContext().filter(this::isOf).isPresent();
  }

  private boolean isOf(RequestContext context) {
    return context.acceptedAt().toEpochMilli() == acceptedAt.toEpochMilli();
  }
}
