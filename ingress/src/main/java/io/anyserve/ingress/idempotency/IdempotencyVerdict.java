package io.anyserve.ingress.idempotency;

import io.anyserve.contracts.event.TokenEvent.DuplicateSubmission;

/** What a record of {@code tokens} says about a submission under an idempotency key. */
public sealed interface IdempotencyVerdict {

  /** Nothing about this submission. */
  record Undecided() implements IdempotencyVerdict {}

  /** It is the first of its key: the stream is its own. */
  record First() implements IdempotencyVerdict {}

  /** The key was used before for the same request. */
  record Repeated(DuplicateSubmission first) implements IdempotencyVerdict {}

  /** The key was used before for another request. */
  record Conflict() implements IdempotencyVerdict {}

  IdempotencyVerdict UNDECIDED = new Undecided();
  IdempotencyVerdict FIRST = new First();
  IdempotencyVerdict CONFLICT = new Conflict();
}
