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
import io.anyserve.worker.batch.Inbox;
import io.anyserve.worker.batch.Work;
import io.anyserve.worker.payload.PayloadStore;
import io.anyserve.worker.publish.Publisher;
import io.anyserve.worker.publish.ReplyStream;
import io.anyserve.worker.publish.RunWatch;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins to answer what was taken: decodes it, fetches what it refers to, and hands it to the
 * batcher. Thread-safe.
 *
 * <pre>
 * malformed -->            dead letter, refused
 * lock run out -->         given back, somebody else has it
 * too many attempts -->    taken over, dead letter, Failed
 * content missing -->      taken over if it was begun before, Failed
 * else -->                 batcher
 * </pre>
 */
final class Reception {

  private static final Logger log = LoggerFactory.getLogger(Reception.class);

  private final Inbox inbox;
  private final Publisher publisher;
  private final TakeoverDesk takeovers;
  private final Means means;
  private final WorkMeters meters;

  /**
   * What else it takes.
   *
   * @param attempts that a request gets
   * @param background runs what blocks
   * @param watches look on at every run
   */
  record Means(PayloadStore payloads, int attempts, Executor background, RunWatch.Source watches) {}

  Reception(
      Inbox inbox, Publisher publisher, TakeoverDesk takeovers, Means means, WorkMeters meters) {
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
    RunWatch watch = means.watches().taken(held.record(), request, attempt);
    ReplyStream stream = new ReplyStream(request, held.position(), attempt, run, held, watch);
    held.answeredBy(stream);
    if (!held.holds()) {
      held.giveBack("the lock ran out before the work began");
    } else if (attempt > means.attempts()) {
      takeovers.fence(
          stream, held.requestedAt(), 0, earlier -> giveUp(held, stream, earlier.usage()));
    } else {
      fetch(held, stream);
    }
  }

  private void giveUp(Held held, ReplyStream stream, TokenUsage usage) {
    String message =
        "attempts: " + (stream.attempt() - 1) + " workers were lost (expected: one that answers)";
    Failure failure = new Failure(FailureCode.ATTEMPTS_EXHAUSTED, message);
    var _ =
        deadLetter(held, new FailureException(failure, null))
            .whenComplete(
                (_, lost) -> {
                  if (lost == null) {
                    fail(stream, failure, usage);
                  } else {
                    held.giveBack("no dead letter could be written");
                  }
                });
  }

  private void fetch(Held held, ReplyStream stream) {
    switch (stream.request().input()) {
      case Payload.Stored stored -> means.background().execute(() -> fetch(held, stream, stored));
      case Payload.Text _, Payload.Chat _, Payload.Data _ ->
          submit(held, Work.of(stream, stream.request().input(), held.requestedAt()));
    }
  }

  private void fetch(Held held, ReplyStream stream, Payload.Stored stored) {
    try {
      Payload input = means.payloads().resolve(stream.request().context().tenant(), stored);
      submit(held, Work.of(stream, input, held.requestedAt()));
    } catch (FailureException e) {
      refuse(held, stream, e.failure());
    } catch (RuntimeException e) {
      log.warn("fetching the input of {} failed", stream.request().id(), e);
      held.giveBack("the input could not be fetched");
    }
  }

  private void refuse(Held held, ReplyStream stream, Failure failure) {
    if (stream.unfenced()) {
      takeovers.fence(
          stream, held.requestedAt(), 0, earlier -> fail(stream, failure, earlier.usage()));
    } else {
      fail(stream, failure, TokenUsage.NONE);
    }
  }

  private void fail(ReplyStream stream, Failure failure, TokenUsage usage) {
    publisher.write(stream, new Failed(failure, usage, stream.contextUnlessStarted()));
  }

  private void submit(Held held, Work work) {
    if (!inbox.offer(work)) {
      held.giveBack("the batcher takes no more");
    }
  }
}
