package io.anyserve.worker.consume;

import io.anyserve.contracts.AdmissionRules;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RoutingMetadata;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.RefusedRequest;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.worker.payload.PayloadStore;
import io.anyserve.worker.publish.EventStreamWriter;
import io.anyserve.worker.publish.ExecutionListener;
import io.anyserve.worker.publish.Publisher;
import io.anyserve.worker.schedule.CommandQueue;
import io.anyserve.worker.schedule.WorkItem;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins to answer what was taken: decodes it, fetches what it refers to, and hands it to the
 * scheduler. Thread-safe.
 *
 * <pre>
 * malformed -->            Failed where a caller is known, dead letter, rejected
 * few deliveries left -->  published again, accepted
 * lock expired -->         released, another worker has it
 * far too many attempts -> taken over, dead letter, Failed
 * implausible -->          taken over if it was begun before, dead letter, Failed
 * content missing -->      taken over if it was begun before, Failed
 * else -->                 scheduler
 * </pre>
 */
final class RequestDispatcher {

  private static final Logger log = LoggerFactory.getLogger(RequestDispatcher.class);

  private static final int LONGEST_MESSAGE = 1_000;

  /** Stands for the offset of an event that was not written. */
  private static final long NOWHERE = -1L;

  private final CommandQueue inbox;
  private final Publisher publisher;
  private final TakeoverCoordinator takeovers;
  private final Means means;
  private final ConsumeMetrics meters;

  /**
   * What else it takes.
   *
   * @param background runs what blocks
   * @param watches look on at every execution
   */
  record Means(PayloadStore payloads, Executor background, ExecutionListener.Source watches) {}

  RequestDispatcher(
      CommandQueue inbox,
      Publisher publisher,
      TakeoverCoordinator takeovers,
      Means means,
      ConsumeMetrics meters) {
    this.inbox = inbox;
    this.publisher = publisher;
    this.takeovers = takeovers;
    this.means = means;
    this.meters = meters;
  }

  TopicNames topics() {
    return publisher.topics();
  }

  void receive(List<AcquiredRecord> records) {
    meters.taken(records.size());
    records.forEach(this::receive);
  }

  /**
   * Only a broker that is away throws on, as all records have to wait for it: any other failure is
   * this record's, and the next one gets its turn.
   */
  private void receive(AcquiredRecord held) {
    try {
      begin(held, decode(held));
    } catch (KafkaException e) {
      throw e;
    } catch (RejectedExecutionException e) {
      held.giveBack("the worker stops");
    } catch (RuntimeException | Error e) {
      refuse(held, e);
    }
  }

  private InferenceRequest decode(AcquiredRecord held) {
    InferenceRequest request = RequestCodec.decode(held.record().value());
    int partition = request.routing().reply().partition();
    int partitions = publisher.replyPartitions();
    if (partition >= partitions) {
      throw new MalformedRecordException(
          "reply.partition: " + partition + " (expected: below " + partitions + ")");
    }
    return request;
  }

  /** The request becomes a dead letter, and its caller gets a failure. */
  private void refuse(AcquiredRecord held, Throwable why) {
    log.warn(
        "Writing {}-{}@{} to the dead letters: {}",
        held.record().topic(),
        held.record().partition(),
        held.record().offset(),
        why.toString());
    EventStreamWriter stream = held.stream();
    if (stream != null) {
      takeovers.giveUp(stream, held.requestedAt(), code(why), why);
      return;
    }
    var _ =
        failUnread(held, why)
            .thenComposeAsync(_ -> publisher.deadLetter(held.record(), why), means.background())
            .whenComplete(
                (_, failure) ->
                    held.settle(failure == null ? Disposition.REJECTED : Disposition.RELEASED));
  }

  private static FailureCode code(Throwable why) {
    return why instanceof IllegalArgumentException || why instanceof MalformedRecordException
        ? FailureCode.INVALID_REQUEST
        : FailureCode.INTERNAL;
  }

  /** Completes when the failure is written, at once where no caller is known. */
  private CompletableFuture<Long> failUnread(AcquiredRecord held, Throwable why) {
    try {
      return RefusedRequest.of(held.record().value(), held.requestedAt())
          .map(request -> publisher.refuse(partition(request), untaken(request, why)))
          .orElseGet(() -> CompletableFuture.completedFuture(NOWHERE));
    } catch (RuntimeException | Error e) {
      log.warn("Failed to write the failure of a rejected record", e);
      return CompletableFuture.completedFuture(NOWHERE);
    }
  }

  private static TokenRecord untaken(RefusedRequest request, Throwable why) {
    var failure = new Failure(code(why), shortened(String.valueOf(why.getMessage())));
    return TokenRecord.unassigned(
        request.id(), new Failed(failure, TokenUsage.NONE, Optional.of(request.context())));
  }

  private static String shortened(String message) {
    return message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE);
  }

  /** One that exists, whatever the request says. */
  private int partition(RefusedRequest request) {
    return Math.floorMod(request.replyPartition(), publisher.replyPartitions());
  }

  private void begin(AcquiredRecord held, InferenceRequest request) {
    int attempt = request.routing().earlierAttempts() + held.deliveries();
    if (held.deliveries() >= ShareGroups.REQUEUED_FROM) {
      requeue(held, request, attempt);
      return;
    }
    long executionId = ThreadLocalRandom.current().nextLong();
    ExecutionListener watch = means.watches().taken(held.record(), request, attempt);
    EventStreamWriter stream =
        new EventStreamWriter(
            plausible(held, request), held.position(), attempt, executionId, held, watch);
    held.answeredBy(stream, publisher);
    if (!held.holds()) {
      held.giveBack("the lock ran out before the work began");
    } else if (attempt > AttemptLimit.MOST_IN_ALL) {
      fence(held, stream, () -> {});
    } else {
      AdmissionRules.require(request, held.requestedAt());
      fetch(held, stream);
    }
  }

  /** What is written of a request that is refused fits into the log and the ledger. */
  private static InferenceRequest plausible(AcquiredRecord held, InferenceRequest request) {
    return new InferenceRequest(
        request.id(),
        AdmissionRules.plausible(request.context(), held.requestedAt()),
        request.input(),
        request.parameters(),
        request.routing(),
        request.idempotency(),
        request.tokenBudget());
  }

  /**
   * Kafka archives a record that it handed out too often, whatever became of it. A copy counts its
   * deliveries from the beginning and keeps the attempts made so far.
   */
  private void requeue(AcquiredRecord held, InferenceRequest request, int attempt) {
    ConsumerRecord<byte[], byte[]> record = held.record();
    byte[] again = RequestCodec.encode(request.with(after(request, attempt)));
    log.info("Republishing request {} after {} deliveries", request.id(), held.deliveries());
    var _ =
        publisher
            .append(
                new ProducerRecord<>(
                    record.topic(), record.partition(), record.key(), again, record.headers()))
            .whenComplete(
                (_, failure) ->
                    held.settle(failure == null ? Disposition.REQUEUED : Disposition.RELEASED));
  }

  private static RoutingMetadata after(InferenceRequest request, int attempt) {
    return request.routing().after(Math.min(attempt, RoutingMetadata.MAX_EARLIER_ATTEMPTS));
  }

  private void fence(AcquiredRecord held, EventStreamWriter stream, Runnable goOn) {
    takeovers.fence(stream, requestedAt(held, stream.request()), 0, _ -> goOn.run());
  }

  /** No event of the request is older, by the log's clock: what was published again is younger. */
  private static Instant requestedAt(AcquiredRecord held, InferenceRequest request) {
    Instant published = held.requestedAt();
    Instant accepted = request.context().acceptedAt();
    boolean copy = request.routing().earlierAttempts() > 0;
    return copy && accepted.isBefore(published) ? accepted : published;
  }

  private void fetch(AcquiredRecord held, EventStreamWriter stream) {
    switch (stream.request().input()) {
      case Payload.ObjectReference stored ->
          means.background().execute(() -> fetch(held, stream, stored));
      case Payload.Text _, Payload.Chat _, Payload.Bytes _ ->
          submit(held, work(held, stream, stream.request().input()));
    }
  }

  private void fetch(
      AcquiredRecord held, EventStreamWriter stream, Payload.ObjectReference stored) {
    try {
      Payload input = means.payloads().resolve(stream.request().context().tenant(), stored);
      submit(held, work(held, stream, input));
    } catch (FailureException e) {
      refuse(held, stream, e.failure());
    } catch (RuntimeException e) {
      log.warn(
          "Failed to fetch the input of request {}; its record is released",
          stream.request().id(),
          e);
      held.giveBack("the input could not be fetched");
    } catch (Error e) {
      refuse(held, e);
    }
  }

  private static WorkItem work(AcquiredRecord held, EventStreamWriter stream, Payload input) {
    return WorkItem.of(stream, input, requestedAt(held, stream.request()));
  }

  private void refuse(AcquiredRecord held, EventStreamWriter stream, Failure failure) {
    if (stream.unfenced()) {
      fence(held, stream, () -> fail(stream, failure));
    } else {
      fail(stream, failure);
    }
  }

  private void fail(EventStreamWriter stream, Failure failure) {
    publisher.write(stream, new Failed(failure, TokenUsage.NONE, stream.contextUnlessStarted()));
  }

  private void submit(AcquiredRecord held, WorkItem work) {
    if (!inbox.offer(work)) {
      held.giveBack("the scheduler is full");
    }
  }
}
