package io.anyserve.router.intake;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.Idempotency;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.RoutingMetadata;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.router.intake.IntakeOutput.Answer;
import io.anyserve.router.intake.IntakeOutput.Letter;
import io.anyserve.router.intake.IntakeOutput.Moved;
import io.anyserve.router.intake.IntakeOutput.Told;
import io.anyserve.router.intake.IntakeOutput.Work;
import io.anyserve.router.intake.IntakeRecord.Content;
import io.anyserve.router.intake.IntakeRecord.Place;
import io.anyserve.router.intake.ParsedIntake.IdSource;
import io.anyserve.router.intake.ParsedIntake.Invalid;
import io.anyserve.router.intake.ParsedIntake.Sender;
import io.anyserve.router.intake.ParsedIntake.Valid;
import io.anyserve.router.routing.Route;
import io.anyserve.router.routing.Routing;
import io.anyserve.router.routing.StoreBackedDirectory;
import io.anyserve.router.streams.DeadLetterFactory;
import io.anyserve.router.streams.RouterMetrics;
import io.anyserve.router.streams.RouterMetrics.Way;
import io.anyserve.runtime.kafka.PoisonRecords;
import io.anyserve.runtime.kafka.SkippedContent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends each record of {@code intake} where it belongs. A stream thread's. */
@SuppressWarnings("NullAway.Init") // init comes before the first record
final class IntakeProcessor implements Processor<byte[], byte[], byte[], IntakeOutput> {

  private static final Logger log = LoggerFactory.getLogger(IntakeProcessor.class);
  private static final String CONTENT_TYPE = "content-type";
  private static final Set<String> TRACE_HEADERS = Set.of("traceparent", "tracestate");
  private static final byte[] PROTOBUF = "application/x-protobuf".getBytes(UTF_8);

  /** Of a record that was moved: the partition and offset that it came from. */
  private static final String ORIGIN = "anyserve-origin";

  /** Nobody waits for that answer but the results. */
  private static final long ANY_RUN = 0;

  private final IntakeRules rules;
  private final IntakeParser reader;
  private final DeadLetterFactory deadLetters;
  private final InstantSource clock;
  private final RouterMetrics meters;
  private ProcessorContext<byte[], IntakeOutput> context;
  private Routing routing;
  private IdempotencyStore submissions;

  IntakeProcessor(IntakeRules rules, InstantSource clock, RouterMetrics meters) {
    this.rules = rules;
    this.reader = new IntakeParser(rules);
    this.deadLetters = new DeadLetterFactory(rules.maxRecordBytes());
    this.clock = clock;
    this.meters = meters;
  }

  @Override
  public void init(ProcessorContext<byte[], IntakeOutput> context) {
    this.context = context;
    this.routing =
        new Routing(
            new StoreBackedDirectory(
                context.getStateStore(IntakeTopology.WORKERS),
                context.getStateStore(IntakeTopology.CAPABILITIES),
                clock));
    this.submissions = new IdempotencyStore(context.getStateStore(IntakeTopology.SUBMISSIONS));
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    meters.read();
    RecordMetadata place = context.recordMetadata().orElseThrow();
    ParsedIntake submission = reader.read(read(record, place));
    PoisonRecords.passOver(
        () -> process(submission, record, place), failure -> passOver(record, place, failure));
  }

  private void process(
      ParsedIntake submission, Record<byte[], byte[]> record, RecordMetadata place) {
    Optional<RequestId> chosen = submission.chosenId();
    if (chosen.isPresent() && mustMove(chosen.get(), record, place)) {
      move(chosen.get(), record, place);
      return;
    }
    switch (submission) {
      case Valid(InferenceRequest request, boolean _) -> accept(request, chosen, record, place);
      case Invalid(Throwable reason, Optional<Sender> sender) ->
          refuse(sender, chosen, record, place, skipped(record).orElse(reason));
    }
  }

  private void passOver(Record<byte[], byte[]> record, RecordMetadata place, Throwable failure) {
    meters.refused(FailureCode.INTERNAL);
    failedAt(record, place, failure);
  }

  private void failedAt(Record<byte[], byte[]> record, RecordMetadata place, Throwable failure) {
    log.error(
        "{}-{}@{}: skipped and written to the dead letters",
        place.topic(),
        place.partition(),
        place.offset(),
        failure);
    deadLetter(record, place, failure);
  }

  /** What is too large to be written again is refused where it lies. */
  private boolean mustMove(RequestId id, Record<byte[], byte[]> record, RecordMetadata place) {
    return rules.homeOf(id) != place.partition()
        && DeadLetterFactory.size(record) <= rules.maxRecordBytes();
  }

  /** Unchanged, so that it is read there as it would have been here. */
  private void move(RequestId id, Record<byte[], byte[]> record, RecordMetadata place) {
    meters.moved();
    Headers headers = new RecordHeaders(record.headers());
    headers.remove(ORIGIN);
    headers.add(ORIGIN, (place.partition() + ":" + place.offset()).getBytes(UTF_8));
    Moved moved = new Moved(rules.homeOf(id), record.value());
    context.forward(
        record.withKey(id.bytes()).<IntakeOutput>withValue(moved).withHeaders(headers),
        IntakeTopology.HOME_SINK);
  }

  /** Why there is nothing to read, when the consumer left it out. */
  private static Optional<Throwable> skipped(Record<byte[], byte[]> record) {
    return record.value() != null
        ? Optional.empty()
        : SkippedContent.reason(record.headers()).map(MalformedRecordException::new);
  }

  private static IntakeRecord read(Record<byte[], byte[]> record, RecordMetadata place) {
    Header type = record.headers().lastHeader(CONTENT_TYPE);
    return new IntakeRecord(
        new Place(
            place.topic(),
            place.partition(),
            place.offset(),
            Instant.ofEpochMilli(record.timestamp())),
        Optional.ofNullable(type)
            .flatMap(header -> Optional.ofNullable(header.value()))
            .map(value -> new String(value, UTF_8)),
        new Content(record.key(), record.value()));
  }

  private void accept(
      InferenceRequest request,
      Optional<RequestId> chosen,
      Record<byte[], byte[]> record,
      RecordMetadata place) {
    Decision decision =
        PoisonRecords.orElse(() -> decide(request), failure -> refuse(record, place, failure));
    var sender = sender(request);
    if (isCallers(sender)) {
      meters.refused(FailureCode.IDEMPOTENCY_CONFLICT);
      tell(sender, used(sender), record);
      return;
    }
    if (request.context().asynchronous() || chosen.isPresent()) {
      if (chosen.isEmpty() || isFirst(sender, ContentDigest.of(request), record, place)) {
        carryOut(decision, request, record, place);
      }
      return;
    }
    earlier(request, record.timestamp())
        .ifPresentOrElse(
            first -> duplicate(request, first, record),
            () -> carryOut(decision, request, record, place));
  }

  /** Whether an ingress gave the id to a caller's request, and this is another one. */
  private static boolean isCallers(Sender sender) {
    return sender.context().asynchronous() && sender.id().givenByIngress();
  }

  private static Failure used(Sender sender) {
    String message = "id: " + sender.id() + " (expected: one that was not used before)";
    return new Failure(FailureCode.IDEMPOTENCY_CONFLICT, message);
  }

  /** A request that makes us fail ends like any that is refused. */
  private Decision refuse(Record<byte[], byte[]> record, RecordMetadata place, Throwable failure) {
    failedAt(record, place, failure);
    return new Decision.Refuse(
        new Failure(FailureCode.INTERNAL, "the router failed at this request: " + failure));
  }

  private static Sender sender(InferenceRequest request) {
    int partition = request.routing().reply().partition();
    return new Sender(request.id(), request.context(), partition, IdSource.VALUE);
  }

  /**
   * Whether no other submission has that id. Others are answered: with the result of the first when
   * it asked for the same, which the results tell; else with a refusal. The same record read again
   * is the first once more: fencing makes it safe to route it twice. A second copy of a record that
   * was moved here is nothing.
   */
  private boolean isFirst(
      Sender sender, String digest, Record<byte[], byte[]> record, RecordMetadata place) {
    var answer =
        new TokenEvent.DuplicateSubmission(
            new ReplyTo(sender.partition(), ReplyTo.UNKNOWN_OFFSET), digest, sender.context());
    Optional<byte[]> origin = origin(record);
    long at = record.timestamp();
    Optional<TokenRecord> known = submissions.first(sender.id(), place.offset(), answer, at);
    if (known.isEmpty() || known.get().executionId() == place.offset()) {
      origin.ifPresent(from -> submissions.copied(sender.id(), from, at));
      return true;
    }
    meters.duplicate();
    if (origin.isEmpty() || !submissions.isCopy(sender.id(), origin.get(), at)) {
      repeat(sender, digest, (TokenEvent.DuplicateSubmission) known.get().event(), record);
    }
    return false;
  }

  private static Optional<byte[]> origin(Record<byte[], byte[]> record) {
    return Optional.ofNullable(record.headers().lastHeader(ORIGIN)).map(Header::value);
  }

  private void repeat(
      Sender sender,
      String digest,
      TokenEvent.DuplicateSubmission first,
      Record<byte[], byte[]> record) {
    if (first.digest().equals(digest)
        && first.context().asynchronous()
        && sender.context().asynchronous()
        && first.context().tenant().equals(sender.context().tenant())) {
      var answer =
          new Answer(sender.partition(), TokenRecord.duplicate(sender.id(), ANY_RUN, first));
      forward(sender.id().bytes(), answer, record, IntakeTopology.TOKENS_SINK);
    } else {
      tell(sender, used(sender), record);
    }
  }

  /** Directly: on the topic of events the id is, or may become, another submission's. */
  private void tell(Sender sender, Failure failure, Record<byte[], byte[]> record) {
    var result =
        new RequestResult(
            sender.id(),
            sender.context(),
            new Failed(failure, TokenUsage.NONE, Optional.empty()),
            ServedBy.NOBODY);
    byte[] type = UsageCodec.contentType(result).getBytes(UTF_8);
    forward(sender.id().bytes(), new Told(result), type, record, IntakeTopology.RESULTS_SINK);
  }

  /**
   * The first submission of the request's idempotency key, if this is another one. The same record
   * read again is the first once more: fencing makes it safe to route it twice.
   */
  private Optional<TokenEvent.DuplicateSubmission> earlier(InferenceRequest request, long at) {
    if (request.idempotency().isEmpty()) {
      return Optional.empty();
    }
    Idempotency key = request.idempotency().get();
    var answer =
        new TokenEvent.DuplicateSubmission(
            request.routing().reply(), key.digest(), request.context());
    return submissions
        .first(request.id(), key.nonce(), answer, at)
        .filter(first -> first.executionId() != key.nonce())
        .map(first -> (TokenEvent.DuplicateSubmission) first.event());
  }

  private void duplicate(
      InferenceRequest request,
      TokenEvent.DuplicateSubmission first,
      Record<byte[], byte[]> record) {
    meters.duplicate();
    long nonce = request.idempotency().orElseThrow().nonce();
    var answer =
        new Answer(
            request.routing().reply().partition(),
            TokenRecord.duplicate(request.id(), nonce, first));
    forward(request.id().bytes(), answer, record, IntakeTopology.TOKENS_SINK);
  }

  private Decision decide(InferenceRequest request) {
    var asked = request.context().capability();
    return switch (routing.route(asked, request.context().asynchronous())) {
      case Route.Live(Capability to, List<Capability> from) ->
          send(to, request, from, from.isEmpty() ? Way.DIRECT : Way.DELEGATED);
      case Route.Waiting(Capability to, List<Capability> from) ->
          send(to, request, from, Way.WAITING);
      case Route.Refused(Failure failure) -> new Decision.Refuse(failure);
    };
  }

  private Decision send(Capability to, InferenceRequest request, List<Capability> from, Way way) {
    Work work = Work.of(to, delegated(request, from));
    return work.bytes().length > rules.maxRecordBytes()
        ? new Decision.TooLarge(work)
        : new Decision.Send(work, way);
  }

  private void carryOut(
      Decision decision,
      InferenceRequest request,
      Record<byte[], byte[]> record,
      RecordMetadata place) {
    switch (decision) {
      case Decision.Send(Work work, Way way) -> send(work, way, record);
      case Decision.TooLarge(Work work) -> refuseTooLarge(work, record, place);
      case Decision.Refuse(Failure failure) -> refuse(request, failure, record);
    }
  }

  private static InferenceRequest delegated(InferenceRequest request, List<Capability> from) {
    RoutingMetadata metadata = request.routing();
    List<Capability> all = new ArrayList<>(metadata.delegatedFrom());
    all.addAll(from);
    return request.with(
        new RoutingMetadata(
            metadata.reply(),
            metadata.deadline(),
            metadata.priority(),
            all,
            metadata.earlierAttempts()));
  }

  private void send(Work work, Way way, Record<byte[], byte[]> record) {
    meters.routed(way);
    byte[] session = work.request().context().session().value().getBytes(UTF_8);
    forward(session, work, record, IntakeTopology.REQUESTS_SINK);
  }

  private void refuseTooLarge(Work work, Record<byte[], byte[]> record, RecordMetadata place) {
    String message =
        "request: "
            + work.bytes().length
            + " bytes (expected: at most "
            + rules.maxRecordBytes()
            + "; larger inputs travel as objects)";
    deadLetter(record, place, new IllegalArgumentException(message));
    refuse(work.request(), new Failure(FailureCode.TOO_LARGE, message), record);
  }

  private void refuse(InferenceRequest request, Failure failure, Record<byte[], byte[]> record) {
    refuse(sender(request), failure, record);
  }

  /** Of what cannot be worked on: a letter, and a failure where it can be told to somebody. */
  private void refuse(
      Optional<Sender> sender,
      Optional<RequestId> chosen,
      Record<byte[], byte[]> record,
      RecordMetadata place,
      Throwable reason) {
    deadLetter(record, place, reason);
    var failure = new Failure(FailureCode.INVALID_REQUEST, String.valueOf(reason.getMessage()));
    if (sender.isEmpty()) {
      meters.refused(failure.code());
      return;
    }
    switch (sender.get().idSource()) {
      case PLACE -> refuse(sender.get(), failure, record);
      case KEY -> refuseByKey(sender.get(), failure, record, place);
      case VALUE -> {
        if (isCallers(sender.get())) {
          meters.refused(failure.code());
          tell(sender.get(), failure, record);
        } else if (chosen.isEmpty()
            || isFirst(sender.get(), ContentDigest.of(record.value()), record, place)) {
          refuse(sender.get(), failure, record);
        }
      }
    }
  }

  /**
   * The key alone proves nothing: whoever is known under that id hears nothing of it, and it takes
   * the id from nobody who comes later. What could not be moved to where the id is known, or not,
   * is not answered either.
   */
  private void refuseByKey(
      Sender sender, Failure failure, Record<byte[], byte[]> record, RecordMetadata place) {
    meters.refused(failure.code());
    boolean home = rules.homeOf(sender.id()) == place.partition();
    if (home && !submissions.known(sender.id(), record.timestamp())) {
      tell(sender, failure, record);
    }
  }

  private void refuse(Sender sender, Failure failure, Record<byte[], byte[]> record) {
    meters.refused(failure.code());
    var event =
        TokenRecord.unassigned(
            sender.id(), new Failed(failure, TokenUsage.NONE, Optional.of(sender.context())));
    var answer = new Answer(sender.partition(), event);
    forward(sender.id().bytes(), answer, record, IntakeTopology.TOKENS_SINK);
  }

  private void deadLetter(Record<byte[], byte[]> record, RecordMetadata place, Throwable reason) {
    meters.deadLetter(place.topic());
    Record<byte[], byte[]> letter = deadLetters.of(record, place, reason);
    context.forward(letter.withValue(new Letter(letter.value())), IntakeTopology.DEAD_LETTERS_SINK);
  }

  private void forward(byte[] key, IntakeOutput value, Record<byte[], byte[]> record, String sink) {
    forward(key, value, PROTOBUF, record, sink);
  }

  private void forward(
      byte[] key, IntakeOutput value, byte[] type, Record<byte[], byte[]> record, String sink) {
    Headers headers = new RecordHeaders();
    for (Header header : record.headers()) {
      if (TRACE_HEADERS.contains(header.key())) {
        headers.add(header);
      }
    }
    headers.add(CONTENT_TYPE, type);
    context.forward(record.withKey(key).<IntakeOutput>withValue(value).withHeaders(headers), sink);
  }
}
