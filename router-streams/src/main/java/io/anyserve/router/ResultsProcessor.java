package io.anyserve.router;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.event.Answerer;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.StreamProgress;
import io.anyserve.contracts.event.StreamProgress.Verdict;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Duplicate;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.wire.MalformedRecordException;
import io.anyserve.contracts.wire.TokenWire;
import io.anyserve.contracts.wire.UsageWire;
import io.anyserve.router.RequestState.Ended;
import io.anyserve.router.RequestState.Running;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * Turns the terminal event that counts of each asynchronous request into its result. A stream
 * thread's.
 */
@SuppressWarnings("NullAway.Init") // init comes before the first record
final class ResultsProcessor implements Processor<byte[], byte[], byte[], byte[]> {

  static final Duration PURGE_INTERVAL = Duration.ofMinutes(5);

  private final int maxRecordBytes;
  private final DeadLetters deadLetters;
  private final RouterMeters meters;
  private ProcessorContext<byte[], byte[]> context;
  private RequestStates states;

  ResultsProcessor(int maxRecordBytes, RouterMeters meters) {
    this.maxRecordBytes = maxRecordBytes;
    this.deadLetters = new DeadLetters(maxRecordBytes);
    this.meters = meters;
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
    this.states = new RequestStates(context.getStateStore(ResultsTopology.STATES));
    context.schedule(
        PURGE_INTERVAL,
        PunctuationType.WALL_CLOCK_TIME,
        now -> meters.purged(states.purge(Instant.ofEpochMilli(now))));
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    if (TokenGlance.of(record.value()) == TokenGlance.CHUNK) {
      return;
    }
    try {
      read(record);
    } catch (MalformedRecordException e) {
      bury(record, e);
    }
  }

  private void read(Record<byte[], byte[]> record) {
    TokenRecord token = TokenWire.decode(record.key(), record.value());
    switch (states.of(record.key()).orElse(null)) {
      case null -> first(token, record);
      case Running(Instant _, TokenRecord started) -> next(started, token, record);
      case Ended _ -> {}
    }
  }

  /** Nothing is known of the request: most are not asynchronous and nobody's business here. */
  private void first(TokenRecord token, Record<byte[], byte[]> record) {
    Optional<RequestContext> asked = context(token.event());
    if (asked.filter(RequestContext::asynchronous).isPresent()
        && new StreamProgress().apply(token) == Verdict.COUNTS) {
      counted(token, asked.get(), Answerer.NOBODY, record);
    }
  }

  private void next(TokenRecord earlier, TokenRecord token, Record<byte[], byte[]> record) {
    StreamProgress progress = new StreamProgress();
    progress.apply(earlier);
    if (progress.apply(token) == Verdict.COUNTS) {
      Started by = (Started) earlier.event();
      counted(token, by.context(), answerer(earlier.attempt(), by), record);
    }
  }

  private void counted(
      TokenRecord token, RequestContext asked, Answerer answerer, Record<byte[], byte[]> record) {
    switch (token.event()) {
      case Started _ -> states.put(token.request(), new Running(time(record), token));
      case Terminal terminal ->
          end(new RequestResult(token.request(), asked, terminal, answerer), record);
      case Chunk _, Duplicate _ -> {}
    }
  }

  private void end(RequestResult ended, Record<byte[], byte[]> record) {
    RequestResult result = fitting(ended);
    states.put(result.request(), new Ended(time(record)));
    meters.result(outcome(result.outcome()));
    context.forward(record.withValue(UsageWire.encode(result)), ResultsTopology.RESULTS_SINK);
  }

  /** A result that the broker does not take would abort the transaction again and again. */
  private RequestResult fitting(RequestResult result) {
    int size = UsageWire.encode(result).length;
    if (size <= maxRecordBytes) {
      return result;
    }
    String message =
        "output: " + size + " bytes (expected: at most " + maxRecordBytes + " in a record)";
    var failed =
        new Failed(
            new Failure(FailureCode.TOO_LARGE, message),
            result.outcome().usage(),
            Optional.empty());
    return new RequestResult(result.request(), result.context(), failed, result.answerer());
  }

  private void bury(Record<byte[], byte[]> record, MalformedRecordException reason) {
    RecordMetadata place = context.recordMetadata().orElseThrow();
    meters.deadLetter(place.topic());
    context.forward(deadLetters.of(record, place, reason), ResultsTopology.DEAD_LETTERS_SINK);
  }

  private static Optional<RequestContext> context(TokenEvent event) {
    return switch (event) {
      case Started started -> Optional.of(started.context());
      case Failed failed -> failed.context();
      case Cancelled cancelled -> cancelled.context();
      case Finished _, Chunk _, Duplicate _ -> Optional.empty();
    };
  }

  private static Answerer answerer(int attempts, Started started) {
    return new Answerer(
        started.capability().value(),
        started.model(),
        started.worker().value(),
        attempts,
        started.delegated());
  }

  private static Outcome outcome(Terminal terminal) {
    return switch (terminal) {
      case Finished _ -> Outcome.FINISHED;
      case Failed _ -> Outcome.FAILED;
      case Cancelled _ -> Outcome.CANCELLED;
    };
  }

  private static Instant time(Record<byte[], byte[]> record) {
    return Instant.ofEpochMilli(record.timestamp());
  }
}
