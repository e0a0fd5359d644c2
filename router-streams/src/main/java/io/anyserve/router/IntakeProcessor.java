package io.anyserve.router;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Delivery;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.Idempotency;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.TokenEvent.Duplicate;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.log.SkippedContent;
import io.anyserve.contracts.wire.MalformedRecordException;
import io.anyserve.router.IntakeRecord.Content;
import io.anyserve.router.IntakeRecord.Place;
import io.anyserve.router.Outgoing.Answer;
import io.anyserve.router.Outgoing.Letter;
import io.anyserve.router.Outgoing.Work;
import io.anyserve.router.RouterMeters.Way;
import io.anyserve.router.Submission.Invalid;
import io.anyserve.router.Submission.Sender;
import io.anyserve.router.Submission.Valid;
import java.nio.charset.StandardCharsets;
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

/** Sends each record of {@code intake} where it belongs. A stream thread's. */
@SuppressWarnings("NullAway.Init") // init comes before the first record
final class IntakeProcessor implements Processor<byte[], byte[], byte[], Outgoing> {

  private static final String CONTENT_TYPE = "content-type";
  private static final Set<String> TRACE_HEADERS = Set.of("traceparent", "tracestate");
  private static final byte[] PROTOBUF = "application/x-protobuf".getBytes(StandardCharsets.UTF_8);

  private final IntakeRules rules;
  private final IntakeReader reader;
  private final DeadLetters deadLetters;
  private final InstantSource clock;
  private final RouterMeters meters;
  private ProcessorContext<byte[], Outgoing> context;
  private Routing routing;
  private Submissions submissions;

  IntakeProcessor(IntakeRules rules, InstantSource clock, RouterMeters meters) {
    this.rules = rules;
    this.reader = new IntakeReader(rules);
    this.deadLetters = new DeadLetters(rules.maxRecordBytes());
    this.clock = clock;
    this.meters = meters;
  }

  @Override
  public void init(ProcessorContext<byte[], Outgoing> context) {
    this.context = context;
    this.routing =
        new Routing(
            new TableDirectory(
                context.getStateStore(IntakeTopology.WORKERS),
                context.getStateStore(IntakeTopology.CAPABILITIES),
                clock));
    this.submissions = new Submissions(context.getStateStore(IntakeTopology.SUBMISSIONS));
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    meters.read();
    RecordMetadata place = context.recordMetadata().orElseThrow();
    switch (reader.read(read(record, place))) {
      case Valid(InferenceRequest request) -> accept(request, record, place);
      case Invalid(Exception reason, Optional<Sender> sender) -> {
        Exception shown = skipped(record).orElse(reason);
        bury(record, place, shown);
        refuse(sender, record, shown);
      }
    }
  }

  /** Why there is nothing to read, when the consumer left it out. */
  private static Optional<Exception> skipped(Record<byte[], byte[]> record) {
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
            .map(value -> new String(value, StandardCharsets.UTF_8)),
        new Content(record.key(), record.value()));
  }

  private void accept(
      InferenceRequest request, Record<byte[], byte[]> record, RecordMetadata place) {
    earlier(request, record.timestamp())
        .ifPresentOrElse(
            first -> duplicate(request, first, record), () -> route(request, record, place));
  }

  /**
   * The first submission of the request's idempotency key, if this is another one. The same record
   * read again is the first once more: fencing makes it safe to route it twice.
   */
  private Optional<Duplicate> earlier(InferenceRequest request, long at) {
    if (request.idempotency().isEmpty()) {
      return Optional.empty();
    }
    Idempotency key = request.idempotency().get();
    return submissions
        .first(request, key.submission(), key.digest(), at)
        .filter(first -> first.run() != key.submission())
        .map(first -> (Duplicate) first.event());
  }

  private void duplicate(InferenceRequest request, Duplicate first, Record<byte[], byte[]> record) {
    meters.duplicate();
    long nonce = request.idempotency().orElseThrow().submission();
    var answer =
        new Answer(
            request.delivery().reply().partition(),
            TokenRecord.duplicate(request.id(), nonce, first));
    forward(request.id().bytes(), answer, record, IntakeTopology.TOKENS_SINK);
  }

  private void route(
      InferenceRequest request, Record<byte[], byte[]> record, RecordMetadata place) {
    var asked = request.context().capability();
    switch (routing.route(asked, request.context().asynchronous())) {
      case Route.Live(Capability to, List<Capability> from) -> {
        Way way = from.isEmpty() ? Way.DIRECT : Way.DELEGATED;
        send(Work.of(to, delegated(request, from)), way, record, place);
      }
      case Route.Waiting(Capability to, List<Capability> from) ->
          send(Work.of(to, delegated(request, from)), Way.WAITING, record, place);
      case Route.Refused(Failure failure) -> refuse(request, failure, record);
    }
  }

  private static InferenceRequest delegated(InferenceRequest request, List<Capability> from) {
    Delivery delivery = request.delivery();
    List<Capability> all = new ArrayList<>(delivery.delegatedFrom());
    all.addAll(from);
    return request.with(
        new Delivery(
            delivery.reply(),
            delivery.deadline(),
            delivery.lane(),
            all,
            delivery.earlierAttempts()));
  }

  private void send(Work work, Way way, Record<byte[], byte[]> record, RecordMetadata place) {
    if (work.bytes().length > rules.maxRecordBytes()) {
      refuseTooLarge(work, record, place);
      return;
    }
    meters.routed(way);
    byte[] session = work.request().context().session().value().getBytes(StandardCharsets.UTF_8);
    forward(session, work, record, IntakeTopology.REQUESTS_SINK);
  }

  private void refuseTooLarge(Work work, Record<byte[], byte[]> record, RecordMetadata place) {
    String message =
        "request: "
            + work.bytes().length
            + " bytes (expected: at most "
            + rules.maxRecordBytes()
            + "; larger inputs travel as objects)";
    bury(record, place, new IllegalArgumentException(message));
    refuse(work.request(), new Failure(FailureCode.TOO_LARGE, message), record);
  }

  private void refuse(InferenceRequest request, Failure failure, Record<byte[], byte[]> record) {
    int partition = request.delivery().reply().partition();
    refuse(new Sender(request.id(), request.context()), partition, failure, record);
  }

  private void refuse(Optional<Sender> sender, Record<byte[], byte[]> record, Exception reason) {
    var failure = new Failure(FailureCode.INVALID_REQUEST, String.valueOf(reason.getMessage()));
    sender.ifPresentOrElse(
        known -> refuse(known, rules.replyOf(known.id()).partition(), failure, record),
        () -> meters.refused(failure.code()));
  }

  private void refuse(
      Sender sender, int partition, Failure failure, Record<byte[], byte[]> record) {
    meters.refused(failure.code());
    var event =
        TokenRecord.untaken(
            sender.id(), new Failed(failure, TokenUsage.NONE, Optional.of(sender.context())));
    forward(sender.id().bytes(), new Answer(partition, event), record, IntakeTopology.TOKENS_SINK);
  }

  private void bury(Record<byte[], byte[]> record, RecordMetadata place, Exception reason) {
    meters.deadLetter(place.topic());
    Record<byte[], byte[]> letter = deadLetters.of(record, place, reason);
    context.forward(letter.withValue(new Letter(letter.value())), IntakeTopology.DEAD_LETTERS_SINK);
  }

  private void forward(byte[] key, Outgoing value, Record<byte[], byte[]> record, String sink) {
    Headers headers = new RecordHeaders();
    for (Header header : record.headers()) {
      if (TRACE_HEADERS.contains(header.key())) {
        headers.add(header);
      }
    }
    headers.add(CONTENT_TYPE, PROTOBUF);
    context.forward(record.withKey(key).<Outgoing>withValue(value).withHeaders(headers), sink);
  }
}
