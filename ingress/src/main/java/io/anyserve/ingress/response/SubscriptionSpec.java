package io.anyserve.ingress.response;

import io.anyserve.contracts.TenantId;
import io.anyserve.runtime.trace.GenAiOperation;
import java.util.Optional;

/**
 * On what a reader was let in.
 *
 * @param openedAt nanoseconds on the clock of {@link ResponseStreams}
 * @param deadline on the same clock
 * @param fromSequence the first chunk that its caller wants
 * @param operation of the owner's request
 * @param claim where an idempotency key was given
 * @param again of a guest, in case that the request it reads never began
 */
record SubscriptionSpec(
    StreamHandle ticket,
    TenantId tenant,
    SubscriberRole role,
    long openedAt,
    long deadline,
    long fromSequence,
    GenAiOperation operation,
    Optional<PendingIdempotency> claim,
    Optional<Resubmission> again) {}
