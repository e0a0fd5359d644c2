package io.anyserve.router.results;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.TokenEventKind;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.FencedStream;
import io.anyserve.contracts.event.FencedStream.Verdict;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.ServedBy;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.router.recovery.LostRequestRecovery;
import io.anyserve.router.recovery.TrackedRequest;
import io.anyserve.router.results.RequestState.Ended;
import io.anyserve.router.results.RequestState.Running;
import io.anyserve.router.results.RequestState.Span;
import io.anyserve.router.streams.DeadLetterFactory;
import io.anyserve.router.streams.RouterMetrics;
import io.anyserve.router.streams.TopicRecord;
import io.anyserve.runtime.kafka.PoisonRecords;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.Punctuator;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the terminal event that counts of each asynchronous request into its result, keeps what is
 * in flight, and recovers what lost workers had. A stream thread's.
 */
@SuppressWarnings("NullAway.Init") // init comes before the first record
final class ResultsProcessor implements Processor<byte[], byte[], byte[], TopicRecord> {

  static final Duration PURGE_INTERVAL = Duration.ofMinutes(5);
  static final Duration CHECKPOINT = Duration.ofSeconds(1);
  private static final Logger log = LoggerFactory.getLogger(ResultsProcessor.class);
  private static final String CONTENT_TYPE = "content-type";

  private final RouterDependencies surroundings;
  private final DeadLetterFactory deadLetters;
  private final RouterMetrics meters;
  private ProcessorContext<byte[], TopicRecord> context;
  private TopicPartition tokens;
  private AsyncRequestStore states;
  private InFlightTracker flights;
  private LostRequestRecovery recovery;

  ResultsProcessor(RouterDependencies surroundings) {
    this.surroundings = surroundings;
    this.deadLetters = new DeadLetterFactory(surroundings.maxRecordBytes());
    this.meters = surroundings.meters();
  }

  @Override
  public void init(ProcessorContext<byte[], TopicRecord> context) {
    this.context = context;
    this.states = new AsyncRequestStore(context.getStateStore(ResultsTopology.STATES));
    int partition = context.taskId().partition();
    this.tokens = new TopicPartition(surroundings.topics().tokens(), partition);
    this.flights =
        new InFlightTracker(
            tokens, context.getStateStore(ResultsTopology.POSITIONS), surroundings.past());
    this.recovery =
        new LostRequestRecovery(
            flights.flights(),
            context.getStateStore(ResultsTopology.WORKERS),
            surroundings.past(),
            meters);
    surroundings.requests().take(partition, flights.flights());
    every(PURGE_INTERVAL, now -> meters.purged(states.purge(Instant.ofEpochMilli(now))));
    every(CHECKPOINT, _ -> flights.checkpoint(now()));
    every(LostRequestRecovery.INTERVAL, _ -> recovery.check(now(), this::publish));
  }

  private void every(Duration interval, Punctuator work) {
    context.schedule(
        interval,
        PunctuationType.WALL_CLOCK_TIME,
        now ->
            PoisonRecords.passOver(
                () -> work.punctuate(now),
                failure ->
                    log.error(
                        "{}: a periodic task failed; retry in {}", tokens, interval, failure)));
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    long offset = context.recordMetadata().orElseThrow().offset();
    flights.passed(offset);
    PoisonRecords.passOver(
        () -> conclude(record, offset),
        failure -> {
          log.error("{}@{}: skipped and written to the dead letters", tokens, offset, failure);
          bury(record, failure);
        });
  }

  private void conclude(Record<byte[], byte[]> record, long offset) {
    if (!TokenEventKind.of(record.key(), record.value()).counts()) {
      return;
    }
    try {
      TokenRecord token = TokenCodec.decode(record.key(), record.value());
      flights.apply(token, offset, record.timestamp(), now());
      read(token, record);
    } catch (MalformedRecordException e) {
      bury(record, e);
    }
  }

  @Override
  public void close() {
    surroundings.requests().release(context.taskId().partition(), flights.flights());
  }

  private long now() {
    return surroundings.clock().millis();
  }

  private void publish(ConsumerRecord<byte[], byte[]> found, byte[] value) {
    context.forward(
        new Record<>(found.key(), new TopicRecord(found.topic(), value), now(), found.headers()),
        ResultsTopology.RECOVERY_SINK);
  }

  private void read(TokenRecord token, Record<byte[], byte[]> record) {
    switch (states.of(record.key()).orElse(null)) {
      case null -> first(token, record);
      case Running(Instant _, TokenRecord started) -> next(started, token, record);
      case Ended ended -> after(ended, token, record);
    }
  }

  /** A submission that came again gets the result again; nothing else counts any more. */
  private void after(Ended ended, TokenRecord token, Record<byte[], byte[]> record) {
    if (token.event() instanceof TokenEvent.DuplicateSubmission again
        && again.context().asynchronous()) {
      emit(
          ended
              .events()
              .flatMap(events -> pastResult(token.request(), events))
              .orElseGet(() -> noLongerKept(token.request(), again.context())),
          record);
    }
  }

  /** What the events said when they came; empty when they are not kept any more. */
  private Optional<RequestResult> pastResult(RequestId request, Span events) {
    PastResult result = new PastResult(request);
    surroundings
        .past()
        .read(
            tokens,
            events.first(),
            events.last() + 1,
            record -> events(record, request).forEach(result::apply));
    return result.result();
  }

  private static RequestResult noLongerKept(RequestId request, RequestContext context) {
    String message = "id: " + request + " ended before and its result is no longer kept";
    var failure = new Failure(FailureCode.RESUME_EXPIRED, message);
    return new RequestResult(
        request, context, new Failed(failure, TokenUsage.NONE, Optional.empty()), ServedBy.NOBODY);
  }

  /** Nothing is known of the request: most are not asynchronous and nobody's business here. */
  private void first(TokenRecord token, Record<byte[], byte[]> record) {
    Optional<RequestContext> asked = token.event().requestContext();
    if (asked.filter(RequestContext::asynchronous).isPresent()
        && new FencedStream().apply(token) == Verdict.ACCEPTED) {
      counted(token, asked.get(), ServedBy.NOBODY, record);
    }
  }

  private void next(TokenRecord earlier, TokenRecord token, Record<byte[], byte[]> record) {
    FencedStream progress = new FencedStream();
    progress.apply(earlier);
    if (progress.apply(token) == Verdict.ACCEPTED) {
      Started by = (Started) earlier.event();
      counted(token, by.context(), by.servedBy(earlier.attempt()), record);
    }
  }

  private void counted(
      TokenRecord token, RequestContext asked, ServedBy servedBy, Record<byte[], byte[]> record) {
    switch (token.event()) {
      case Started _ -> states.put(token.request(), new Running(time(record), token));
      case Terminal terminal ->
          end(
              new RequestResult(token.request(), asked, settled(token, terminal), servedBy),
              record);
      case Chunk _, Released _, TokenEvent.DuplicateSubmission _ -> {}
    }
  }

  /**
   * The end with the counts that are billed. An execution knows them, except for a first attempt
   * that began behind another one: then the request's part of the log is read again.
   */
  private Terminal settled(TokenRecord token, Terminal terminal) {
    return flights
        .flights()
        .find(token.request())
        .flatMap(
            known -> known instanceof TrackedRequest.Ended ended ? ended.last() : Optional.empty())
        .filter(TrackedRequest.Running::beganAnew)
        .map(last -> progress(token.request(), last.firstOffset()).settle(terminal))
        .orElse(terminal);
  }

  /** Of a stream, up to the record that is read now. */
  private FencedStream progress(RequestId request, long from) {
    FencedStream progress = new FencedStream();
    long end = context.recordMetadata().orElseThrow().offset() + 1;
    surroundings
        .past()
        .read(tokens, from, end, record -> events(record, request).forEach(progress::apply));
    return progress;
  }

  private static List<TokenRecord> events(
      ConsumerRecord<byte[], byte[]> record, RequestId request) {
    try {
      return TokenCodec.decodeAll(record.key(), record.value(), request::equals);
    } catch (MalformedRecordException buried) {
      return List.of();
    }
  }

  /** The result is there before the state says so: what cannot be written ends nothing. */
  private void end(RequestResult ended, Record<byte[], byte[]> record) {
    Record<byte[], TopicRecord> result = result(ended, record);
    states.put(ended.request(), new Ended(time(record), Optional.of(span(ended.request()))));
    meters.result(ended.outcome().outcome());
    context.forward(result, ResultsTopology.RESULTS_SINK);
  }

  /** From the first event to the one that is read now. */
  private Span span(RequestId request) {
    long last = context.recordMetadata().orElseThrow().offset();
    long first =
        flights
            .flights()
            .find(request)
            .flatMap(
                known ->
                    known instanceof TrackedRequest.Ended ended ? ended.last() : Optional.empty())
            .map(TrackedRequest.Running::firstOffset)
            .orElse(last);
    return new Span(first, last);
  }

  private void emit(RequestResult told, Record<byte[], byte[]> record) {
    context.forward(result(told, record), ResultsTopology.RESULTS_SINK);
  }

  private Record<byte[], TopicRecord> result(RequestResult told, Record<byte[], byte[]> record) {
    RequestResult result = fitting(told);
    Headers headers = new RecordHeaders(record.headers());
    headers.remove(CONTENT_TYPE);
    headers.add(CONTENT_TYPE, UsageCodec.contentType(result).getBytes(StandardCharsets.UTF_8));
    TopicRecord emitted =
        new TopicRecord(surroundings.topics().results(), UsageCodec.encode(result));
    return record.withValue(emitted).withHeaders(headers);
  }

  /** A result that the broker does not take would abort the transaction again and again. */
  private RequestResult fitting(RequestResult result) {
    int size = UsageCodec.encode(result).length;
    int most = surroundings.maxRecordBytes();
    if (size <= most) {
      return result;
    }
    String message = "output: " + size + " bytes (expected: at most " + most + " in a record)";
    var failed =
        new Failed(
            new Failure(FailureCode.TOO_LARGE, message),
            result.outcome().usage(),
            Optional.empty());
    return new RequestResult(result.request(), result.context(), failed, result.servedBy());
  }

  private void bury(Record<byte[], byte[]> record, Throwable reason) {
    RecordMetadata place = context.recordMetadata().orElseThrow();
    meters.deadLetter(place.topic());
    Record<byte[], byte[]> letter = deadLetters.of(record, place, reason);
    TopicRecord emitted = new TopicRecord(surroundings.topics().deadLetters(), letter.value());
    context.forward(letter.withValue(emitted), ResultsTopology.DEAD_LETTERS_SINK);
  }

  private static Instant time(Record<byte[], byte[]> record) {
    return Instant.ofEpochMilli(record.timestamp());
  }
}
