package io.anyserve.worker.intake;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.topic.DeadLetter;
import io.anyserve.contracts.topic.Topics;
import io.anyserve.contracts.wire.MalformedRecordException;
import io.anyserve.contracts.wire.RequestWire;
import io.anyserve.worker.batch.Earlier;
import io.anyserve.worker.batch.Identity;
import io.anyserve.worker.batch.Inbox;
import io.anyserve.worker.batch.Work;
import io.anyserve.worker.payload.PayloadStore;
import io.anyserve.worker.publish.Publisher;
import io.anyserve.worker.publish.ReplyStream;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins to answer what was taken: decodes it, goes on where an earlier attempt ended, fetches what
 * it refers to, and hands it to the batcher. Thread-safe.
 *
 * <pre>
 * record -- malformed -->             dead letter, refused
 * first delivery -->                  content fetched --> batcher
 * later delivery --> Started, read back
 *     ended or fenced off -->         elsewhere
 *     too many attempts -->           dead letter, Failed
 *     else -->                        content fetched --> batcher, behind what is written
 * </pre>
 */
final class Reception {

  private static final Logger log = LoggerFactory.getLogger(Reception.class);

  private final Identity identity;
  private final Inbox inbox;
  private final Publisher publisher;
  private final Takeovers takeovers;
  private final Means means;
  private final WorkMeters meters;

  /**
   * What else it takes.
   *
   * @param attempts that a request gets
   * @param background runs what blocks
   */
  record Means(PayloadStore payloads, int attempts, Executor background) {}

  Reception(
      Identity identity,
      Inbox inbox,
      Publisher publisher,
      Takeovers takeovers,
      Means means,
      WorkMeters meters) {
    this.identity = identity;
    this.inbox = inbox;
    this.publisher = publisher;
    this.takeovers = takeovers;
    this.means = means;
    this.meters = meters;
  }

  Topics topics() {
    return publisher.topics();
  }

  void receive(List<Held> records) {
    meters.taken(records.size());
    records.forEach(this::receive);
  }

  private void receive(Held held) {
    try {
      begin(held, decode(held));
    } catch (MalformedRecordException e) {
      refuse(held, e);
    }
  }

  private InferenceRequest decode(Held held) {
    InferenceRequest request = RequestWire.decode(held.record().value());
    int partition = request.delivery().reply().partition();
    int partitions = publisher.replyPartitions();
    if (partition >= partitions) {
      throw new MalformedRecordException(
          "reply.partition: " + partition + " (expected: below " + partitions + ")");
    }
    return request;
  }

  private void refuse(Held held, Exception why) {
    log.warn(
        "{}-{}@{} goes to the dead letters: {}",
        held.record().topic(),
        held.record().partition(),
        held.record().offset(),
        why.getMessage());
    var _ =
        deadLetter(held, why)
            .whenComplete(
                (_, failure) ->
                    held.settle(failure == null ? Settlement.REFUSED : Settlement.GIVEN_BACK));
  }

  private CompletableFuture<Long> deadLetter(Held held, Exception why) {
    return publisher.append(DeadLetter.of(publisher.topics(), held.record(), why));
  }

  private void begin(Held held, InferenceRequest request) {
    int attempt = request.delivery().earlierAttempts() + held.deliveries();
    long run = ThreadLocalRandom.current().nextLong();
    ReplyStream stream = new ReplyStream(request, attempt, run, held);
    held.answeredBy(stream);
    if (attempt > 1) {
      takeOver(held, stream);
    } else {
      fetch(held, stream, Earlier.NOTHING);
    }
  }

  private void takeOver(Held held, ReplyStream stream) {
    Instant requestedAt = Instant.ofEpochMilli(held.record().timestamp());
    var _ =
        publisher
            .fence(stream, identity.started(stream.request(), 0))
            .thenApply(
                offset ->
                    new Takeovers.Claim(
                        stream.request().id(),
                        stream.run(),
                        stream.request().delivery().reply(),
                        requestedAt,
                        offset,
                        new CompletableFuture<>()))
            .thenApplyAsync(takeovers::readBack, means.background())
            .thenAcceptAsync(found -> goOn(held, stream, found), means.background())
            .exceptionally(
                failure -> {
                  log.warn("taking over {} failed", stream.request().id(), failure);
                  held.giveBack("the takeover failed");
                  return null;
                });
  }

  private void goOn(Held held, ReplyStream stream, ReadBack found) {
    if (!found.goesOn()) {
      held.settle(Settlement.ELSEWHERE);
    } else if (held.deliveries() > means.attempts()) {
      giveUp(held, stream, found.earlier());
    } else {
      meters.takenOver();
      fetch(held, stream, found.earlier());
    }
  }

  private void giveUp(Held held, ReplyStream stream, Earlier earlier) {
    String message =
        "attempts: " + (stream.attempt() - 1) + " workers were lost (expected: one that answers)";
    var usage = new TokenUsage(earlier.promptTokens(), earlier.tokens().size(), 0);
    Failure failure = new Failure(FailureCode.ATTEMPTS_EXHAUSTED, message);
    var _ =
        deadLetter(held, new FailureException(failure, null))
            .whenComplete(
                (_, lost) -> {
                  if (lost == null) {
                    publisher.write(
                        stream, new Failed(failure, usage, stream.contextUnlessStarted()));
                  } else {
                    held.giveBack("no dead letter could be written");
                  }
                });
  }

  private void fetch(Held held, ReplyStream stream, Earlier earlier) {
    switch (stream.request().input()) {
      case Payload.Stored stored ->
          means.background().execute(() -> fetch(held, stream, stored, earlier));
      case Payload.Text _, Payload.Chat _, Payload.Data _ ->
          submit(held, new Work(stream, stream.request().input(), earlier));
    }
  }

  private void fetch(Held held, ReplyStream stream, Payload.Stored stored, Earlier earlier) {
    try {
      Payload input = means.payloads().resolve(stream.request().context().tenant(), stored);
      submit(held, new Work(stream, input, earlier));
    } catch (FailureException e) {
      var usage = new TokenUsage(earlier.promptTokens(), earlier.tokens().size(), 0);
      publisher.write(stream, new Failed(e.failure(), usage, stream.contextUnlessStarted()));
    } catch (RuntimeException e) {
      log.warn("fetching the input of {} failed", stream.request().id(), e);
      held.giveBack("the input could not be fetched");
    }
  }

  private void submit(Held held, Work work) {
    if (!inbox.offer(work)) {
      held.giveBack("the batcher takes no more");
    }
  }
}
