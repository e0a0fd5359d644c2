package io.anyserve.router.results;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.TokenEventKind;
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
import io.anyserve.router.recovery.TrackedRequest;
import io.anyserve.router.results.RequestState.Ended;
import io.anyserve.router.results.RequestState.Running;
import io.anyserve.router.results.RequestState.Span;
import io.anyserve.router.streams.RouterMetrics;
import io.anyserve.router.streams.TopicRecord;
import io.anyserve.runtime.kafka.PoisonRecords;
import io.anyserve.runtime.streams.DelayedPunctuation;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.Punctuator;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the result of each asynchronous request when its terminal event counts, and tracks the
 * requests in flight. A stream thread's.
 */
@SuppressWarnings("NullAway.Init") // init comes before the first record
final class ResultsProcessor implements Processor<byte[], byte[], byte[], TopicRecord> {

  static final Duration PURGE_INTERVAL = Duration.ofMinutes(5);
  static final Duration CHECKPOINT = Duration.ofSeconds(1);
  private static final Logger log = LoggerFactory.getLogger(ResultsProcessor.class);

  private final RouterDependencies dependencies;
  private final RouterMetrics meters;
  private ProcessorContext<byte[], TopicRecord> context;
  private TopicPartition tokens;
  private AsyncRequestStore states;
  private InFlightTracker inFlight;
  private RequestEventReader pastEvents;
  private ResultWriter writer;
  private DelayedPunctuation checkpoint;

  ResultsProcessor(RouterDependencies dependencies) {
    this.dependencies = dependencies;
    this.meters = dependencies.meters();
  }

  @Override
  public void init(ProcessorContext<byte[], TopicRecord> context) {
    this.context = context;
    int partition = context.taskId().partition();
    this.tokens = new TopicPartition(dependencies.topics().tokens(), partition);
    this.states = new AsyncRequestStore(context.getStateStore(ResultsTopology.STATES));
    this.inFlight =
        new InFlightTracker(
            tokens, context.getStateStore(ResultsTopology.POSITIONS), dependencies.past());
    this.pastEvents = new RequestEventReader(dependencies.past(), tokens);
    this.writer = new ResultWriter(context, dependencies);
    dependencies
        .requests()
        .take(partition, inFlight.requests(), context.getStateStore(ResultsTopology.WORKERS));
    every(PURGE_INTERVAL, now -> meters.purged(states.purge(Instant.ofEpochMilli(now))));
    this.checkpoint = onRequest(CHECKPOINT, this::checkpoint);
    checkpoint.request();
  }

  private void every(Duration interval, Punctuator work) {
    context.schedule(interval, PunctuationType.WALL_CLOCK_TIME, surviving(interval, work));
  }

  private DelayedPunctuation onRequest(Duration delay, Punctuator work) {
    return new DelayedPunctuation(context, delay, surviving(delay, work));
  }

  private Punctuator surviving(Duration interval, Punctuator work) {
    return now ->
        PoisonRecords.passOver(
            () -> work.punctuate(now),
            failure -> log.error("{}: tries again in {}", tokens, interval, failure));
  }

  /** Comes again by itself until the requests of earlier tasks are read back. */
  private void checkpoint(long now) {
    if (!inFlight.isReady()) {
      checkpoint.request();
    }
    inFlight.checkpoint(now());
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    long offset = offset();
    checkpoint.request();
    PoisonRecords.passOver(
        () -> conclude(record, offset),
        failure -> {
          log.error("{}@{}: passed over, and buried in the dead letters", tokens, offset, failure);
          writer.deadLetter(record, failure);
        });
    inFlight.passed(offset);
  }

  private void conclude(Record<byte[], byte[]> record, long offset) {
    if (!TokenEventKind.of(record.key(), record.value()).counts()) {
      return;
    }
    try {
      TokenRecord token = TokenCodec.decode(record.key(), record.value());
      inFlight.apply(token, offset, record.timestamp(), now());
      read(token, record);
    } catch (MalformedRecordException e) {
      writer.deadLetter(record, e);
    }
  }

  @Override
  public void close() {
    dependencies.requests().release(context.taskId().partition(), inFlight.requests());
  }

  private long now() {
    return dependencies.clock().millis();
  }

  private void read(TokenRecord token, Record<byte[], byte[]> record) {
    switch (states.of(record.key()).orElse(null)) {
      case null -> first(token, record);
      case Running(Instant _, TokenRecord started) -> next(started, token, record);
      case Ended ended -> after(ended, token, record);
    }
  }

  /** A duplicate submission gets the result again; every other event is void. */
  private void after(Ended ended, TokenRecord token, Record<byte[], byte[]> record) {
    if (token.event() instanceof TokenEvent.DuplicateSubmission again
        && again.context().asynchronous()) {
      RequestResult result =
          ended
              .events()
              .flatMap(events -> pastEvents.result(token.request(), events))
              .orElseGet(() -> noLongerKept(token.request(), again.context()));
      writer.write(writer.encode(result, record));
    }
  }

  private static RequestResult noLongerKept(RequestId request, RequestContext context) {
    String message = "id: " + request + " ended before and its result is no longer kept";
    var failure = new Failure(FailureCode.RESUME_EXPIRED, message);
    return new RequestResult(
        request, context, new Failed(failure, TokenUsage.NONE, Optional.empty()), ServedBy.NOBODY);
  }

  /** The first event of a request. Most requests are interactive and get no state. */
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
   * The terminal event with the counts that are billed. An execution knows them, except for a first
   * attempt that began behind another one: then the request's part of the log is read again.
   */
  private Terminal settled(TokenRecord token, Terminal terminal) {
    return lastExecution(token.request())
        .filter(TrackedRequest.Running::beganAnew)
        .map(last -> progress(token.request(), last.firstOffset()).settle(terminal))
        .orElse(terminal);
  }

  private Optional<TrackedRequest.Running> lastExecution(RequestId request) {
    return inFlight
        .requests()
        .find(request)
        .flatMap(
            known -> known instanceof TrackedRequest.Ended ended ? ended.last() : Optional.empty());
  }

  /** The request's events up to the record that is read now. */
  private FencedStream progress(RequestId request, long from) {
    FencedStream progress = new FencedStream();
    pastEvents.read(request, new Span(from, offset()), progress::apply);
    return progress;
  }

  /** Of the record that is read now. */
  private long offset() {
    return context.recordMetadata().orElseThrow().offset();
  }

  /** Encodes the result before the state changes: a result that cannot be encoded ends nothing. */
  private void end(RequestResult ended, Record<byte[], byte[]> record) {
    Record<byte[], TopicRecord> result = writer.encode(ended, record);
    states.put(ended.request(), new Ended(time(record), Optional.of(span(ended.request()))));
    meters.result(ended.outcome().outcome());
    writer.write(result);
  }

  /** The offsets from the first event to the one that is read now. */
  private Span span(RequestId request) {
    long last = offset();
    long first = lastExecution(request).map(TrackedRequest.Running::firstOffset).orElse(last);
    return new Span(first, last);
  }

  private static Instant time(Record<byte[], byte[]> record) {
    return Instant.ofEpochMilli(record.timestamp());
  }
}
