package io.anyserve.worker.dispatch;

import io.anyserve.contracts.AdmissionRules;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.RefusedRequest;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.worker.payload.PayloadStore;
import io.anyserve.worker.publish.EventStreamWriter;
import io.anyserve.worker.publish.ExecutionListener;
import io.anyserve.worker.publish.Publisher;
import io.anyserve.worker.schedule.CommandQueue;
import io.anyserve.worker.schedule.PriorOutput;
import io.anyserve.worker.schedule.WorkItem;
import io.anyserve.worker.schedule.WorkerIdentity;
import io.anyserve.worker.takeover.TakeoverCoordinator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins to answer what was acquired: decodes it, fences earlier executions, fetches what it refers
 * to, and hands it to the scheduler. Thread-safe.
 *
 * <pre>
 * malformed -->            Failed where a caller is known, dead letter, rejected
 * few deliveries left -->  published again, accepted
 * lock expired -->         released, another worker has it
 * implausible -->          fenced if it was begun before, dead letter, Failed
 * begun before -->         fenced and read back, then as below
 * content missing -->      Failed
 * else -->                 scheduler
 * </pre>
 */
public final class RequestDispatcher implements Reception {

  private static final Logger log = LoggerFactory.getLogger(RequestDispatcher.class);
  private static final int LONGEST_MESSAGE = 1_000;

  /** As many deliveries of a record as Kafka allows. */
  public static final int MOST_DELIVERIES = 10;

  /**
   * From this delivery on a record is published again instead of answered: a worker that is lost
   * while it does that must not lose the request with it.
   */
  static final int REQUEUED_FROM = MOST_DELIVERIES - 3;

  /** Pauses between two looks whether another worker has a request: each is twice the last one. */
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /** Stands for the offset of an event that was not written. */
  private static final long NOWHERE = -1L;

  private final WorkerIdentity identity;
  private final CommandQueue inbox;
  private final TakeoverCoordinator takeovers;
  private final Means means;
  private final Publisher publisher;
  private final RequestRepublisher republisher;
  private final InFlightDeliveries inFlight;
  private final DeliveryMetrics meters;

  /**
   * What else it takes.
   *
   * @param background runs what blocks
   * @param later runs a task after so long
   * @param watches look on at every execution
   * @param lock how long the broker leaves a record to a consumer
   */
  public record Means(
      Publisher publisher,
      PayloadStore payloads,
      Executor background,
      BiConsumer<Duration, Runnable> later,
      ExecutionListener.Source watches,
      LongSupplier nanos,
      Duration lock) {}

  public RequestDispatcher(
      WorkerIdentity identity,
      CommandQueue inbox,
      TakeoverCoordinator takeovers,
      Means means,
      InFlightDeliveries inFlight,
      DeliveryMetrics meters) {
    this.identity = identity;
    this.inbox = inbox;
    this.takeovers = takeovers;
    this.means = means;
    this.publisher = means.publisher();
    this.republisher =
        new RequestRepublisher(publisher, means.background(), RequestRepublisher.LATER);
    this.inFlight = inFlight;
    this.meters = meters;
  }

  @Override
  public List<Delivery> receive(
      Priority lane, List<ConsumerRecord<byte[], byte[]>> records, long acquiredAt) {
    var clock = new Delivery.Clock(means.nanos(), acquiredAt + means.lock().toNanos());
    List<Delivery> deliveries =
        records.stream()
            .map(record -> new Delivery(record, lane, clock, inFlight, republisher))
            .toList();
    deliveries.forEach(inFlight::add);
    deliveries.forEach(this::receive);
    return deliveries;
  }

  /** A failure at one request is this one's: the next one gets its turn. */
  private void receive(Delivery delivery) {
    try {
      begin(delivery, decode(delivery));
    } catch (KafkaException | RejectedExecutionException e) {
      stop(delivery, e);
    } catch (RuntimeException | Error e) {
      refuse(delivery, e);
    }
  }

  /** This worker cannot answer, and the request is not the reason. */
  private void stop(Delivery delivery, Exception why) {
    EventStreamWriter stream = delivery.stream();
    if (stream == null) {
      delivery.release();
    } else {
      publisher.release(stream, why);
    }
  }

  /** Hands over, or returns to the broker, all that has not ended. */
  public void giveUp() {
    for (Delivery delivery : inFlight.all()) {
      stop(delivery, new IllegalStateException("the worker stops"));
    }
  }

  @Override
  public void claim(Delivery delivery) {
    EventStreamWriter stream = delivery.stream();
    if (stream == null) {
      return;
    }
    try {
      publisher.claim(stream, identity.started(stream, 0));
    } catch (RuntimeException | Error e) {
      refuse(delivery, e);
    }
  }

  private InferenceRequest decode(Delivery delivery) {
    InferenceRequest request = RequestCodec.decode(delivery.record().value());
    int partition = request.routing().reply().partition();
    int partitions = publisher.replyPartitions();
    if (partition >= partitions) {
      throw new MalformedRecordException(
          "reply.partition: " + partition + " (expected: below " + partitions + ")");
    }
    return request;
  }

  /** The request becomes a dead letter, and its caller gets a failure. */
  private void refuse(Delivery delivery, Throwable why) {
    log.warn(
        "Writing {}-{}@{} to the dead letters: {}",
        delivery.record().topic(),
        delivery.record().partition(),
        delivery.record().offset(),
        why.toString());
    EventStreamWriter stream = delivery.stream();
    if (stream != null) {
      takeovers.giveUp(stream, delivery.requestedAt(), code(why), why);
      return;
    }
    var _ =
        failUnread(delivery, why)
            .thenComposeAsync(_ -> publisher.deadLetter(delivery.record(), why), means.background())
            .whenComplete(
                (_, failure) -> {
                  if (failure == null) {
                    delivery.refused();
                  } else {
                    delivery.release();
                  }
                });
  }

  private static FailureCode code(Throwable why) {
    return why instanceof IllegalArgumentException || why instanceof MalformedRecordException
        ? FailureCode.INVALID_REQUEST
        : FailureCode.INTERNAL;
  }

  /** Completes when the failure is written, at once where no caller is known. */
  private CompletableFuture<Long> failUnread(Delivery delivery, Throwable why) {
    try {
      return RefusedRequest.of(delivery.record().value(), delivery.requestedAt())
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

  private void begin(Delivery delivery, InferenceRequest request) {
    int attempt = request.routing().earlierAttempts() + delivery.deliveries();
    if (delivery.deliveries() >= REQUEUED_FROM) {
      requeue(delivery, request, attempt);
      return;
    }
    if (!delivery.holds()) {
      delivery.release();
      return;
    }
    long executionId = ThreadLocalRandom.current().nextLong();
    ExecutionListener watch = means.watches().taken(delivery.record(), request, attempt);
    EventStreamWriter stream =
        new EventStreamWriter(
            plausible(delivery, request),
            delivery.position(),
            attempt,
            executionId,
            delivery,
            watch);
    delivery.executedBy(stream);
    AdmissionRules.require(request, delivery.requestedAt());
    if (attempt > 1) {
      takeovers.fence(
          stream, requestedAt(delivery, request), earlier -> goOn(delivery, stream, earlier));
    } else {
      var _ = stream.begun().thenRun(() -> doubt(delivery, stream));
      fetch(delivery, stream, PriorOutput.NOTHING);
    }
  }

  /** A Started that came late may have come after that of another worker. */
  private void doubt(Delivery delivery, EventStreamWriter stream) {
    if (!delivery.holds()) {
      takeovers.recheck(stream, requestedAt(delivery, stream.request()));
    }
  }

  /**
   * Whoever gets the record fences this execution off when it begins, which may be at any time
   * until this one ends: it looks again and again, and stops for the other.
   */
  @Override
  public void doubt(List<TopicOffset> refused) {
    for (Delivery delivery : inFlight.all()) {
      EventStreamWriter stream = delivery.stream();
      if (stream != null && refused.contains(delivery.position())) {
        log.info("Another worker may get request {}, too", stream.request().id());
        look(delivery, stream, FIRST_PAUSE);
      }
    }
  }

  private void look(Delivery delivery, EventStreamWriter stream, Duration pause) {
    if (!stream.closed()) {
      takeovers.recheck(stream, requestedAt(delivery, stream.request()));
      Duration longer = pause.multipliedBy(2);
      Duration next = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
      means.later().accept(pause, () -> look(delivery, stream, next));
    }
  }

  private void goOn(Delivery delivery, EventStreamWriter stream, PriorOutput earlier) {
    meters.takenOver();
    try {
      fetch(delivery, stream, earlier);
    } catch (RejectedExecutionException e) {
      publisher.release(stream, e);
    } catch (RuntimeException | Error e) {
      refuse(delivery, e);
    }
  }

  /** What is written of a request that is refused fits into the log and the ledger. */
  private static InferenceRequest plausible(Delivery delivery, InferenceRequest request) {
    return request.with(AdmissionRules.plausible(request.context(), delivery.requestedAt()));
  }

  /**
   * Kafka archives a record that it handed out too often, whatever became of it. A copy counts its
   * deliveries from the beginning and keeps the attempts made so far.
   */
  private void requeue(Delivery delivery, InferenceRequest request, int attempt) {
    log.info("Republishing request {} after {} deliveries", request.id(), delivery.deliveries());
    var _ =
        republisher
            .publish(delivery.record(), attempt, ReplyTo.UNKNOWN_OFFSET)
            .whenComplete(
                (_, failure) -> {
                  if (failure == null) {
                    delivery.settle(AcknowledgeType.ACCEPT, Disposition.REQUEUED);
                  } else {
                    delivery.release();
                  }
                });
  }

  /** No event of the request is older, by the log's clock: what was published again is younger. */
  private static Instant requestedAt(Delivery delivery, InferenceRequest request) {
    Instant published = delivery.requestedAt();
    Instant accepted = request.context().acceptedAt();
    boolean copy = request.routing().earlierAttempts() > 0;
    return copy && accepted.isBefore(published) ? accepted : published;
  }

  private void fetch(Delivery delivery, EventStreamWriter stream, PriorOutput earlier) {
    if (isToFetch(stream.request().input())) {
      means.background().execute(() -> fetchNow(delivery, stream, earlier));
    } else {
      submit(delivery, stream, stream.request().input(), earlier);
    }
  }

  private static boolean isToFetch(Payload input) {
    return switch (input) {
      case Payload.ObjectReference _ -> true;
      case Payload.Chat chat -> chat.storesImages();
      case Payload.Text _, Payload.Bytes _ -> false;
    };
  }

  private void fetchNow(Delivery delivery, EventStreamWriter stream, PriorOutput earlier) {
    InferenceRequest request = stream.request();
    try {
      Payload input = means.payloads().resolve(request.context().tenant(), request.input());
      submit(delivery, stream, input, earlier);
    } catch (FailureException e) {
      fail(stream, e.failure());
    } catch (RuntimeException e) {
      log.warn("Failed to fetch the input of request {}", request.id(), e);
      publisher.release(stream, new IllegalStateException("the input could not be fetched", e));
    } catch (Error e) {
      refuse(delivery, e);
    }
  }

  private void fail(EventStreamWriter stream, Failure failure) {
    publisher.write(stream, new Failed(failure, TokenUsage.NONE, stream.contextUnlessStarted()));
  }

  private void submit(
      Delivery delivery, EventStreamWriter stream, Payload input, PriorOutput earlier) {
    WorkItem work = new WorkItem(stream, input, requestedAt(delivery, stream.request()), earlier);
    if (!inbox.offer(work)) {
      publisher.release(stream, new IllegalStateException("the scheduler is full"));
    }
  }
}
