package io.anyserve.router.intake;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.Idempotency;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.event.TokenEvent.DuplicateSubmission;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.router.intake.ParsedIntake.Sender;
import io.anyserve.router.streams.RouterMetrics;
import java.util.Optional;

/**
 * Tells the first submission of an id, or of an idempotency key, from later ones, which it answers.
 * The same record read again is the first once more: fencing makes it safe to route it twice. A
 * stream thread's.
 */
final class SubmissionDeduplicator {

  /** In place of a caller's nonce: only the results application reads that answer. */
  private static final long NO_NONCE = 0;

  private final IdempotencyStore submissions;
  private final IntakeWriter writer;
  private final RouterMetrics meters;

  SubmissionDeduplicator(IdempotencyStore submissions, IntakeWriter writer, RouterMetrics meters) {
    this.submissions = submissions;
    this.writer = writer;
    this.meters = meters;
  }

  /**
   * Whether the request is to be carried out.
   *
   * @param chosen the submitter named the id
   */
  boolean isFirst(InferenceRequest request, boolean chosen, IntakeRecord record) {
    Sender sender = Sender.of(request);
    if (sender.usesIngressId()) {
      meters.refused(FailureCode.IDEMPOTENCY_CONFLICT);
      writer.failedResult(sender, idInUse(sender.id()), record);
      return false;
    }
    if (chosen) {
      return isFirst(sender, ContentDigest.of(request), record);
    }
    return request.context().asynchronous() || isFirstOfKey(request, record);
  }

  /**
   * Whether no other submission has that id. Others are answered: with the result of the first when
   * it asked for the same, which the results application tells; else with a refusal. A second copy
   * of a record that was moved here is dropped.
   *
   * @param digest of what was asked for
   */
  boolean isFirst(Sender sender, String digest, IntakeRecord record) {
    var answer =
        new DuplicateSubmission(
            new ReplyTo(sender.partition(), ReplyTo.UNKNOWN_OFFSET), digest, sender.context());
    Optional<byte[]> origin = record.origin();
    long offset = record.place().offset();
    long at = record.timestamp();
    Optional<TokenRecord> known = submissions.first(sender.id(), offset, answer, at);
    if (known.isEmpty() || known.get().executionId() == offset) {
      origin.ifPresent(from -> submissions.copied(sender.id(), from, at));
      return true;
    }
    meters.duplicate();
    if (origin.isEmpty() || !submissions.isCopy(sender.id(), origin.get(), at)) {
      repeat(sender, digest, (DuplicateSubmission) known.get().event(), record);
    }
    return false;
  }

  private void repeat(
      Sender sender, String digest, DuplicateSubmission first, IntakeRecord record) {
    if (first.digest().equals(digest)
        && first.context().asynchronous()
        && sender.context().asynchronous()
        && first.context().tenant().equals(sender.context().tenant())) {
      var event = TokenRecord.duplicate(sender.id(), NO_NONCE, first);
      writer.answer(new IntakeOutput.Rejection(sender.partition(), event), record);
    } else {
      writer.failedResult(sender, idInUse(sender.id()), record);
    }
  }

  private static Failure idInUse(RequestId id) {
    String message = "id: " + id + " (expected: one that was not used before)";
    return new Failure(FailureCode.IDEMPOTENCY_CONFLICT, message);
  }

  private boolean isFirstOfKey(InferenceRequest request, IntakeRecord record) {
    if (request.idempotency().isEmpty()) {
      return true;
    }
    Idempotency key = request.idempotency().get();
    ReplyTo reply = request.routing().reply();
    var answer = new DuplicateSubmission(reply, key.digest(), request.context());
    Optional<DuplicateSubmission> earlier =
        submissions
            .first(request.id(), key.nonce(), answer, record.timestamp())
            .filter(first -> first.executionId() != key.nonce())
            .map(first -> (DuplicateSubmission) first.event());
    earlier.ifPresent(
        first -> {
          meters.duplicate();
          var event = TokenRecord.duplicate(request.id(), key.nonce(), first);
          writer.answer(new IntakeOutput.Rejection(reply.partition(), event), record);
        });
    return earlier.isEmpty();
  }

  /** Whether somebody submitted a request under that id. */
  boolean isKnown(RequestId id, IntakeRecord record) {
    return submissions.known(id, record.timestamp());
  }
}
