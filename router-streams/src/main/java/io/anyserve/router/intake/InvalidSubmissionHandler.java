package io.anyserve.router.intake;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.router.intake.ParsedIntake.Invalid;
import io.anyserve.router.intake.ParsedIntake.Sender;
import io.anyserve.router.streams.RouterMetrics;

/**
 * Refuses what is no request: each becomes a dead letter, and its sender gets a failure where one
 * can be recognised. A stream thread's.
 */
final class InvalidSubmissionHandler {

  private final IntakeRules rules;
  private final SubmissionDeduplicator submissions;
  private final IntakeWriter writer;
  private final RouterMetrics meters;

  InvalidSubmissionHandler(
      IntakeRules rules,
      SubmissionDeduplicator submissions,
      IntakeWriter writer,
      RouterMetrics meters) {
    this.rules = rules;
    this.submissions = submissions;
    this.writer = writer;
    this.meters = meters;
  }

  /**
   * @param reason instead of the one that the parser gave
   */
  void refuse(Invalid invalid, Throwable reason, IntakeRecord record) {
    writer.deadLetter(record, reason);
    var failure = new Failure(FailureCode.INVALID_REQUEST, String.valueOf(reason.getMessage()));
    invalid
        .sender()
        .ifPresentOrElse(
            sender -> refuse(sender, invalid.chosenId().isPresent(), failure, record),
            () -> meters.refused(failure.code()));
  }

  private void refuse(Sender sender, boolean chosen, Failure failure, IntakeRecord record) {
    switch (sender.idSource()) {
      case PLACE -> failEvents(sender, failure, record);
      case KEY -> refuseByKey(sender, failure, record);
      case VALUE -> {
        if (sender.usesIngressId()) {
          meters.refused(failure.code());
          writer.failedResult(sender, failure, record);
        } else if (!chosen
            || submissions.isFirst(sender, ContentDigest.of(record.value()), record)) {
          failEvents(sender, failure, record);
        }
      }
    }
  }

  private void failEvents(Sender sender, Failure failure, IntakeRecord record) {
    meters.refused(failure.code());
    writer.failedEvent(sender, failure, record);
  }

  /**
   * The key alone proves nothing: whoever is known under that id hears nothing of it, and it takes
   * the id from nobody who comes later. What could not be moved to where the id is known, or not,
   * is not answered either.
   */
  private void refuseByKey(Sender sender, Failure failure, IntakeRecord record) {
    meters.refused(failure.code());
    boolean home = rules.homeOf(sender.id()) == record.place().partition();
    if (home && !submissions.isKnown(sender.id(), record)) {
      writer.failedResult(sender, failure, record);
    }
  }
}
