package io.anyserve.worker.takeover;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.worker.publish.EventStreamWriter;
import io.anyserve.worker.publish.Publisher;
import io.anyserve.worker.schedule.PriorOutput;
import io.anyserve.worker.schedule.StreamTakeover;
import io.anyserve.worker.schedule.WorkItem;
import io.anyserve.worker.schedule.WorkerIdentity;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes requests over: writes a Started that fences earlier attempts off, reads back what they
 * wrote, and goes on if the answer is still this execution's to give. Thread-safe.
 */
public final class TakeoverCoordinator implements StreamTakeover {

  private static final Logger log = LoggerFactory.getLogger(TakeoverCoordinator.class);

  /** How often an execution goes above a number that it finds in the log, in a row. */
  private static final int MOST_RAISES = 3;

  private final WorkerIdentity identity;
  private final Publisher publisher;
  private final Means means;
  private final AttemptLimit limit;

  /**
   * What else it takes.
   *
   * @param attempts that may fail in a row
   * @param background runs what blocks
   */
  public record Means(TokenHistoryReader takeovers, int attempts, Executor background) {}

  /** For one capability. */
  public TakeoverCoordinator(WorkerIdentity identity, Publisher publisher, Means means) {
    this.identity = identity;
    this.publisher = publisher;
    this.means = means;
    this.limit = new AttemptLimit(means.attempts(), publisher, means.background());
  }

  @Override
  public void giveUp(WorkItem work, Throwable why) {
    log.error(
        "Gave up request {}: this worker failed to process it", work.stream().request().id(), why);
    giveUp(work.stream(), work.requestedAt(), FailureCode.INTERNAL, why);
  }

  /** As {@link #giveUp(WorkItem, Throwable)}, with that code for the caller. */
  public void giveUp(
      EventStreamWriter stream, Instant requestedAt, FailureCode code, Throwable why) {
    var failure = new Failure(code, reason(why));
    try {
      if (stream.unfenced()) {
        fence(stream, requestedAt, _ -> limit.giveUp(stream, failure, why));
      } else {
        limit.giveUp(stream, failure, why);
      }
    } catch (RuntimeException | Error e) {
      refuse(stream, e);
    }
  }

  /** What the caller is told: a refusal says it in full, a defect only what kind it is. */
  private static String reason(Throwable why) {
    return why instanceof IllegalArgumentException && why.getMessage() != null
        ? why.getMessage()
        : "the worker failed: " + why.getClass().getSimpleName();
  }

  /** Even giving it up failed: a dead letter is all that is left to do. */
  private void refuse(EventStreamWriter stream, Throwable why) {
    log.error(
        "Failed to write the failure of request {}; only its dead letter remains",
        stream.request().id(),
        why);
    var _ =
        publisher
            .deadLetter(stream.record(), why)
            .whenCompleteAsync((_, lost) -> refused(stream, lost), means.background());
  }

  private void refused(EventStreamWriter stream, @Nullable Throwable lost) {
    if (lost == null) {
      stream.refused();
    } else {
      publisher.release(stream, new IllegalStateException("no dead letter could be written", lost));
    }
  }

  @Override
  public void recheck(WorkItem work) {
    recheck(work.stream(), work.requestedAt());
  }

  /** As {@link #recheck(WorkItem)}, of an execution that may not have come to the scheduler. */
  public void recheck(EventStreamWriter stream, Instant requestedAt) {
    var _ =
        CompletableFuture.supplyAsync(
                () ->
                    means
                        .takeovers()
                        .readBack(TokenHistoryReader.HistoryRequest.untilNow(stream, requestedAt)),
                means.background())
            .thenAccept(found -> cedeUnlessOwn(stream, found))
            .exceptionally(failure -> unknown(stream, failure));
  }

  private void cedeUnlessOwn(EventStreamWriter stream, TokenHistory found) {
    switch (found.standing()) {
      case OWN -> {}
      case FENCED -> {
        log.info("Request {} was taken over while this process was paused", stream.request().id());
        publisher.cede(stream);
      }
      case ENDED -> publisher.leave(stream);
    }
  }

  /**
   * Fences and reads back; a request that failed too often ends here. The Started does not say how
   * long the prompt is: no engine has seen it, so that one that dies at the sight of it leaves a
   * trace.
   *
   * @param goOn called in the background when the answer is this execution's to give
   */
  public void fence(EventStreamWriter stream, Instant requestedAt, Consumer<PriorOutput> goOn) {
    fence(new Case(stream, requestedAt, goOn), MOST_RAISES);
  }

  private record Case(EventStreamWriter stream, Instant requestedAt, Consumer<PriorOutput> goOn) {}

  private void fence(Case one, int raises) {
    EventStreamWriter stream = one.stream();
    var _ =
        publisher
            .fence(stream, identity.started(stream, 0))
            .thenApply(
                startedAt ->
                    TokenHistoryReader.HistoryRequest.upTo(startedAt, stream, one.requestedAt()))
            .thenApplyAsync(means.takeovers()::readBack, means.background())
            .thenAccept(found -> decide(one, found, raises))
            .exceptionallyAsync(failure -> lost(stream, failure), means.background());
  }

  private void decide(Case one, TokenHistory found, int raises) {
    EventStreamWriter stream = one.stream();
    switch (found.standing()) {
      case OWN -> {
        PriorOutput earlier = found.earlier();
        stream.resumeAfter(earlier.usage(), found.firstOffset());
        limit
            .exceeded(stream.attempt(), found.failedExecutions(means.attempts()))
            .ifPresentOrElse(
                failure -> limit.giveUp(stream, failure), () -> one.goOn().accept(earlier));
      }
      case FENCED -> overtake(one, found.attempt(), raises);
      case ENDED -> publisher.leave(stream);
    }
  }

  /**
   * The log knows a higher attempt than the delivery that was handed out last. Who acquired the
   * request less than a lock's duration ago knows that the other came before: the broker forgot
   * deliveries, and this execution goes on with a number above it. Who stood still for longer may
   * be the one that was fenced off, and stops: the log says who has the request.
   */
  private void overtake(Case one, int attempt, int raises) {
    EventStreamWriter stream = one.stream();
    if (stream.closed()) {
      return;
    }
    if (raises == 0 || !stream.held()) {
      publisher.cede(stream);
      return;
    }
    log.info("Request {} continues as attempt {}", stream.request().id(), attempt + 1);
    stream.raiseAttempt(attempt + 1);
    fence(one, raises - 1);
  }

  /** The broker's or this machine's trouble, that another attempt may not have. */
  private static boolean passes(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof KafkaException
        || cause instanceof RejectedExecutionException
        || cause instanceof Error;
  }

  // Void has no value but null.
  @SuppressWarnings("NullAway")
  private Void lost(EventStreamWriter stream, Throwable failure) {
    if (passes(failure) && stream.attempt() <= AttemptLimit.MOST_IN_ALL) {
      log.warn(
          "Failed to take over request {}; its record is released: {}",
          stream.request().id(),
          failure.toString());
      publisher.release(stream, new IllegalStateException("the takeover failed", failure));
    } else {
      refuse(stream, failure);
    }
    return null;
  }

  // Void has no value but null.
  @SuppressWarnings("NullAway")
  private static Void unknown(EventStreamWriter stream, Throwable failure) {
    log.warn(
        "Could not determine the owner of request {}: {}",
        stream.request().id(),
        failure.toString());
    return null;
  }
}
