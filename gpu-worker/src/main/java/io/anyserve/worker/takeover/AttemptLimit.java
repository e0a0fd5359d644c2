package io.anyserve.worker.takeover;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.worker.publish.EventStreamWriter;
import io.anyserve.worker.publish.Publisher;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How often a request may fail before it is given up. Failed executions count, by what the log
 * shows of them; how often the request was handed out does not, unless it is absurdly often.
 * Thread-safe.
 */
final class AttemptLimit {

  private static final Logger log = LoggerFactory.getLogger(AttemptLimit.class);

  /** Of any kind: whatever goes wrong with a request without leaving a trace ends here. */
  static final int MOST_IN_ALL = 100;

  private final int attempts;
  private final Publisher publisher;
  private final Executor background;

  /**
   * @param attempts that may fail in a row
   * @param background runs what blocks
   */
  AttemptLimit(int attempts, Publisher publisher, Executor background) {
    this.attempts = attempts;
    this.publisher = publisher;
    this.background = background;
  }

  /**
   * Why the request is given up; empty when it is not.
   *
   * @param attempt the number of the execution that has it now
   * @param failedExecutions before it, since the last new token
   */
  Optional<Failure> exceeded(int attempt, int failedExecutions) {
    if (failedExecutions >= attempts) {
      return failure(failedExecutions + " in a row failed without a new token", attempts - 1);
    }
    return attempt > MOST_IN_ALL ? failure(attempt + " in all", MOST_IN_ALL) : Optional.empty();
  }

  private static Optional<Failure> failure(String found, int most) {
    String message = "attempts: " + found + " (expected: at most " + most + ")";
    return Optional.of(new Failure(FailureCode.ATTEMPTS_EXHAUSTED, message));
  }

  /** Ends the request: a copy goes to the dead letters, its caller gets the failure. */
  void giveUp(EventStreamWriter stream, Failure failure) {
    giveUp(stream, failure, new FailureException(failure, null));
  }

  /**
   * Ends the request: a copy goes to the dead letters, its caller gets the failure.
   *
   * @param why for the dead letter
   */
  void giveUp(EventStreamWriter stream, Failure failure, Throwable why) {
    var _ =
        publisher
            .deadLetter(stream.record(), why)
            .whenCompleteAsync((_, lost) -> end(stream, failure, lost), background);
  }

  private void end(EventStreamWriter stream, Failure failure, @Nullable Throwable lost) {
    if (lost != null) {
      publisher.release(stream, new IllegalStateException("no dead letter could be written", lost));
      return;
    }
    try {
      publisher.write(stream, new Failed(failure, TokenUsage.NONE, stream.contextUnlessStarted()));
    } catch (RuntimeException | Error e) {
      log.error(
          "Failed to write the failure of request {}; its record is rejected",
          stream.request().id(),
          e);
      stream.refused();
    }
  }
}
