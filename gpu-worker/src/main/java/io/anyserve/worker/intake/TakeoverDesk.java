package io.anyserve.worker.intake;

import io.anyserve.worker.batch.Earlier;
import io.anyserve.worker.batch.Identity;
import io.anyserve.worker.batch.Inbox;
import io.anyserve.worker.batch.Takeover;
import io.anyserve.worker.batch.Work;
import io.anyserve.worker.publish.Publisher;
import io.anyserve.worker.publish.ReplyStream;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes requests over: writes a Started that fences earlier attempts off, reads back what they
 * wrote, and goes on if the answer is still this run's to give. Thread-safe.
 */
final class TakeoverDesk implements Takeover {

  private static final Logger log = LoggerFactory.getLogger(TakeoverDesk.class);

  private final Identity identity;
  private final Inbox inbox;
  private final Publisher publisher;
  private final Takeovers takeovers;
  private final Executor background;
  private final WorkMeters meters;

  /**
   * The desk of one capability.
   *
   * @param background runs what blocks
   */
  TakeoverDesk(
      Identity identity,
      Inbox inbox,
      Publisher publisher,
      Takeovers takeovers,
      Executor background,
      WorkMeters meters) {
    this.identity = identity;
    this.inbox = inbox;
    this.publisher = publisher;
    this.takeovers = takeovers;
    this.background = background;
    this.meters = meters;
  }

  @Override
  public void begin(Work work, long promptTokens) {
    ReplyStream stream = work.stream();
    fence(stream, work.requestedAt(), promptTokens, earlier -> goOn(work, earlier));
  }

  private void goOn(Work work, Earlier earlier) {
    meters.takenOver();
    if (!inbox.offer(work.behind(earlier))) {
      work.stream().abandon(new IllegalStateException("the batcher takes no more"));
    }
  }

  /**
   * Fences and reads back.
   *
   * @param promptTokens for the Started
   * @param goOn called in the background when the answer is this run's to give
   */
  void fence(ReplyStream stream, Instant requestedAt, long promptTokens, Consumer<Earlier> goOn) {
    var _ =
        publisher
            .fence(stream, identity.started(stream.request(), promptTokens))
            .thenApply(startedAt -> Takeovers.Claim.of(stream, requestedAt, startedAt))
            .thenApplyAsync(takeovers::readBack, background)
            .thenAccept(found -> decide(stream, found, goOn))
            .exceptionally(failure -> lost(stream, failure));
  }

  private static void decide(ReplyStream stream, ReadBack found, Consumer<Earlier> goOn) {
    if (found.goesOn()) {
      Earlier earlier = found.earlier();
      stream.behind(earlier.usage());
      goOn.accept(earlier);
    } else {
      stream.cede();
    }
  }

  // Void has no value but null.
  @SuppressWarnings("NullAway")
  private static Void lost(ReplyStream stream, Throwable failure) {
    log.warn("taking over {} failed: {}", stream.request().id(), failure.toString());
    stream.abandon(new IllegalStateException("the takeover failed", failure));
    return null;
  }
}
