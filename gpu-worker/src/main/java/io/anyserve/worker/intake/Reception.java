package io.anyserve.worker.intake;

import io.anyserve.contracts.Failure;
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
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins to answer what was taken: decodes it, fetches what it refers to, and hands it to the
 * batcher. Thread-safe.
 *
 * <pre>
 * malformed -->            dead letter, refused
 * few deliveries left -->  published again, accepted
 * lock run out -->         given back, somebody else has it
 * far too many attempts -> taken over, dead letter, Failed
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
   * @param background runs what blocks
   * @param watches look on at every run
   */
  record Means(PayloadStore payloads, Executor background, RunWatch.Source watches) {}

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
    if (held.deliveries() >= ShareGroups.REQUEUED_FROM) {
      requeue(held, request, attempt);
      return;
    }
    long run = ThreadLocalRandom.current().nextLong();
    RunWatch watch = means.watches().taken(held.record(), request, attempt);
    ReplyStream stream = new ReplyStream(request, held.position(), attempt, run, held, watch);
    held.answeredBy(stream, publisher);
    if (!held.holds()) {
      held.giveBack("the lock ran out before the work began");
    } else if (attempt > AttemptLimit.MOST_IN_ALL) {
      fence(held, stream, () -> {});
    } else {
      fetch(held, stream);
    }
  }

  /**
   * Kafka archives a record that it handed out too often, whatever became of it. A copy counts its
   * deliveries from the beginning and keeps the attempts made so far.
   */
  private void requeue(Held held, InferenceRequest request, int attempt) {
    ConsumerRecord<byte[], byte[]> record = held.record();
    byte[] again = RequestWire.encode(request.with(request.delivery().after(attempt)));
    log.info("{} was handed out {} times: it is published again", request.id(), held.deliveries());
    var _ =
        publisher
            .append(
                new ProducerRecord<>(
                    record.topic(), record.partition(), record.key(), again, record.headers()))
            .whenComplete(
                (_, failure) ->
                    held.settle(failure == null ? Settlement.REQUEUED : Settlement.GIVEN_BACK));
  }

  private void fence(Held held, ReplyStream stream, Runnable goOn) {
    takeovers.fence(stream, requestedAt(held, stream.request()), 0, _ -> goOn.run());
  }

  /** No event of the request is older, by the log's clock: what was published again is younger. */
  private static Instant requestedAt(Held held, InferenceRequest request) {
    Instant published = held.requestedAt();
    Instant accepted = request.context().acceptedAt();
    boolean copy = request.delivery().earlierAttempts() > 0;
    return copy && accepted.isBefore(published) ? accepted : published;
  }

  private void fetch(Held held, ReplyStream stream) {
    switch (stream.request().input()) {
      case Payload.Stored stored -> means.background().execute(() -> fetch(held, stream, stored));
      case Payload.Text _, Payload.Chat _, Payload.Data _ ->
          submit(held, work(held, stream, stream.request().input()));
    }
  }

  private void fetch(Held held, ReplyStream stream, Payload.Stored stored) {
    try {
      Payload input = means.payloads().resolve(stream.request().context().tenant(), stored);
      submit(held, work(held, stream, input));
    } catch (FailureException e) {
      refuse(held, stream, e.failure());
    } catch (RuntimeException e) {
      log.warn("fetching the input of {} failed", stream.request().id(), e);
      held.giveBack("the input could not be fetched");
    }
  }

  private static Work work(Held held, ReplyStream stream, Payload input) {
    return Work.of(stream, input, requestedAt(held, stream.request()));
  }

  private void refuse(Held held, ReplyStream stream, Failure failure) {
    if (stream.unfenced()) {
      fence(held, stream, () -> fail(stream, failure));
    } else {
      fail(stream, failure);
    }
  }

  private void fail(ReplyStream stream, Failure failure) {
    publisher.write(stream, new Failed(failure, TokenUsage.NONE, stream.contextUnlessStarted()));
  }

  private void submit(Held held, Work work) {
    if (!inbox.offer(work)) {
      held.giveBack("the batcher takes no more");
    }
  }
}
