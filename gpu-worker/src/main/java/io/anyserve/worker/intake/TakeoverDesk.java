package io.anyserve.worker.intake;

import io.anyserve.worker.batch.Earlier;
import io.anyserve.worker.batch.Identity;
import io.anyserve.worker.batch.Inbox;
import io.anyserve.worker.batch.Takeover;
import io.anyserve.worker.batch.Work;
import io.anyserve.worker.intake.Takeovers.Claim;
import io.anyserve.worker.publish.Publisher;
import io.anyserve.worker.publish.ReplyStream;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes requests over: writes a Started that fences earlier attempts off, reads back what they
 * wrote, and goes on if the answer is still this run's to give. Thread-safe.
 */
final class TakeoverDesk implements Takeover {

  private static final Logger log = LoggerFactory.getLogger(TakeoverDesk.class);

  /** How often a run goes above a number that it finds in the log, in a row. */
  private static final int MOST_RAISES = 3;

  private final Identity identity;
  private final Inbox inbox;
  private final Publisher publisher;
  private final Means means;
  private final AttemptLimit limit;
  private final WorkMeters meters;

  /**
   * What else it takes.
   *
   * @param attempts that may fail in a row
   * @param background runs what blocks
   */
  record Means(Takeovers takeovers, int attempts, Executor background) {}

  /** The desk of one capability. */
  TakeoverDesk(
      Identity identity, Inbox inbox, Publisher publisher, Means means, WorkMeters meters) {
    this.identity = identity;
    this.inbox = inbox;
    this.publisher = publisher;
    this.means = means;
    this.limit = new AttemptLimit(means.attempts(), publisher, means.background());
    this.meters = meters;
  }

  @Override
  public void begin(Work work, LongSupplier promptTokens) {
    ReplyStream stream = work.stream();
    long known = limit.suspicious(stream.attempt()) ? 0 : promptTokens.getAsLong();
    fence(stream, work.requestedAt(), known, earlier -> goOn(work, earlier));
  }

  private void goOn(Work work, Earlier earlier) {
    meters.takenOver();
    if (!inbox.offer(work.behind(earlier))) {
      publisher.release(work.stream(), new IllegalStateException("the batcher takes no more"));
    }
  }

  @Override
  public void recheck(Work work) {
    ReplyStream stream = work.stream();
    var _ =
        CompletableFuture.supplyAsync(
                () -> means.takeovers().readBack(Claim.untilNow(stream, work.requestedAt())),
                means.background())
            .thenAccept(found -> cedeUnlessOwn(stream, found))
            .exceptionally(failure -> unknown(stream, failure));
  }

  private void cedeUnlessOwn(ReplyStream stream, ReadBack found) {
    switch (found.standing()) {
      case OWN -> {}
      case FENCED -> {
        log.info("{} went on elsewhere while this process stood still", stream.request().id());
        publisher.cede(stream);
      }
      case ENDED -> publisher.leave(stream);
    }
  }

  /**
   * Fences and reads back; a request that failed too often ends here.
   *
   * @param promptTokens for the Started
   * @param goOn called in the background when the answer is this run's to give
   */
  void fence(ReplyStream stream, Instant requestedAt, long promptTokens, Consumer<Earlier> goOn) {
    fence(new Case(stream, requestedAt, promptTokens, goOn), MOST_RAISES);
  }

  private record Case(
      ReplyStream stream, Instant requestedAt, long promptTokens, Consumer<Earlier> goOn) {}

  private void fence(Case one, int raises) {
    ReplyStream stream = one.stream();
    var _ =
        publisher
            .fence(stream, identity.started(stream, one.promptTokens()))
            .thenApply(startedAt -> Claim.upTo(startedAt, stream, one.requestedAt()))
            .thenApplyAsync(means.takeovers()::readBack, means.background())
            .thenAccept(found -> decide(one, found, raises))
            .exceptionallyAsync(failure -> lost(stream, failure), means.background());
  }

  private void decide(Case one, ReadBack found, int raises) {
    ReplyStream stream = one.stream();
    switch (found.standing()) {
      case OWN -> {
        Earlier earlier = found.earlier();
        stream.behind(earlier.usage());
        limit
            .exceeded(stream.attempt(), found.failedRuns())
            .ifPresentOrElse(
                failure -> limit.giveUp(stream, failure), () -> one.goOn().accept(earlier));
      }
      case FENCED -> overtake(one, found.attempt(), raises);
      case ENDED -> publisher.leave(stream);
    }
  }

  /**
   * The log knows a higher attempt than the delivery that was handed out last: the broker forgot
   * deliveries. Who still holds the request goes on with a number above it; who does not is the one
   * that was fenced off.
   */
  private void overtake(Case one, int attempt, int raises) {
    ReplyStream stream = one.stream();
    if (stream.over()) {
      return;
    }
    if (raises == 0 || !stream.held()) {
      publisher.release(
          stream, new IllegalStateException("attempt " + attempt + " goes on with it"));
      return;
    }
    log.info("{} goes on as attempt {}", stream.request().id(), attempt + 1);
    stream.raise(attempt + 1);
    fence(one, raises - 1);
  }

  // Void has no value but null.
  @SuppressWarnings("NullAway")
  private Void lost(ReplyStream stream, Throwable failure) {
    log.warn("taking over {} failed: {}", stream.request().id(), failure.toString());
    publisher.release(stream, new IllegalStateException("the takeover failed", failure));
    return null;
  }

  // Void has no value but null.
  @SuppressWarnings("NullAway")
  private static Void unknown(ReplyStream stream, Throwable failure) {
    log.warn("who goes on with {} is not known: {}", stream.request().id(), failure.toString());
    return null;
  }
}
