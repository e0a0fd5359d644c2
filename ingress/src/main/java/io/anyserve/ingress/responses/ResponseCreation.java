package io.anyserve.ingress.responses;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.ingress.admission.Admission;
import io.anyserve.ingress.admission.IdempotencyKey;
import io.anyserve.ingress.admission.InvalidRequestException;
import io.anyserve.ingress.http.CallConnection;
import io.anyserve.ingress.http.CallHeaders;
import io.anyserve.ingress.http.CallerCheck;
import io.anyserve.ingress.http.RequestBody;
import io.anyserve.ingress.kafka.TraceContext;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.response.ResponseCall;
import io.anyserve.ingress.openai.response.ResponseCallReader;
import io.anyserve.ingress.response.StreamHandle;
import io.anyserve.ingress.responses.AnswerOutcome.Broken;
import io.anyserve.ingress.responses.AnswerOutcome.ClientLeft;
import io.anyserve.ingress.responses.AnswerOutcome.Ended;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * {@code POST /v1/responses}: one request through the same admission as all others. Thread-safe.
 */
final class ResponseCreation {

  private static final String JSON = "application/json";

  private final Admission admission;
  private final ResponseStore store;
  private final PreviousResponses previous;
  private final StoredStream streams;
  private final ResponseRoutes.Limits limits;
  private final InstantSource clock;

  ResponseCreation(
      Admission admission,
      ResponseStore store,
      PreviousResponses previous,
      StoredStream streams,
      ResponseRoutes.Limits limits,
      InstantSource clock) {
    this.admission = admission;
    this.store = store;
    this.previous = previous;
    this.streams = streams;
    this.limits = limits;
    this.clock = clock;
  }

  /** One call. */
  private record Arrival(
      Context http,
      TenantId tenant,
      ResponseCall call,
      List<ChatMessage> messages,
      ResponseRecorder recorder,
      CallHeaders headers) {}

  /** Returns when the answer is written, its client has left, or it goes on without it. */
  void create(Context http) throws IOException, InterruptedException {
    byte[] body = RequestBody.json(http, limits.bodyBytes());
    ResponseCall call = ResponseCallReader.read(body);
    if (call.options().store()) {
      store.requireRouter();
    }
    TenantId tenant = CallerCheck.caller(http).tenant();
    List<ChatMessage> messages = previous.messages(tenant, call);
    var recorder = new ResponseRecorder(tenant, call, body, store, clock);
    var arrival = new Arrival(http, tenant, call, messages, recorder, new CallHeaders());
    if (call.options().background()) {
      background(arrival);
    } else {
      foreground(arrival);
    }
  }

  private void background(Arrival arrival) throws IOException, InterruptedException {
    Duration wait = limits.waits().most();
    AnswerExchange exchange = streams.answers().exchange(arrival.tenant());
    var answer = new BackgroundAnswer(exchange, arrival.recorder(), wait);
    admit(arrival, Optional.of(wait), exchange);
    Thread.ofVirtual().name("response-background").start(answer);
    StoredResponse begun = answer.awaitBegun();
    if (arrival.call().options().stream()) {
      streams.write(arrival.http(), begun, -1);
    } else {
      arrival.headers().write(arrival.http(), exchange.sink().handle(), clock.instant());
      ResponseStatus status = begun.endStatus().orElse(ResponseStatus.QUEUED);
      arrival.http().contentType(JSON).result(ResponseJson.response(begun, status));
    }
  }

  private void foreground(Arrival arrival) throws InterruptedException {
    AnswerExchange exchange = streams.answers().exchange(arrival.tenant());
    ResponseWriter writer = writer(arrival, exchange);
    try (var connection = CallConnection.of(arrival.http(), exchange.outbox())) {
      admit(arrival, Optional.empty(), exchange);
      if (!write(arrival, exchange, writer)) {
        connection.abort();
      }
    } catch (RuntimeException | InterruptedException e) {
      exchange.sink().cancel();
      throw e;
    }
  }

  private ResponseWriter writer(Arrival arrival, AnswerExchange exchange) {
    Duration wait = limits.waits().of(Optional.empty());
    ResponseWriter.Opening opening =
        () -> {
          StreamHandle handle = exchange.sink().handle();
          arrival.headers().write(arrival.http(), handle, clock.instant());
          return arrival.recorder().begin(handle, wait);
        };
    return arrival.call().options().stream()
        ? new ResponseEventsWriter(
            arrival.http(), new ResponseEventsWriter.Form(-1, false), opening)
        : new WholeResponse(arrival.http(), opening);
  }

  /** False where what the client has is not complete and must not look so. */
  private static boolean write(Arrival arrival, AnswerExchange exchange, ResponseWriter writer)
      throws InterruptedException {
    try {
      return switch (exchange.run(writer)) {
        case Ended(var terminal, var output) -> {
          ResponseEnd end = ResponseEnd.of(terminal, output);
          end(arrival, writer, end);
          yield end.failure().isEmpty();
        }
        case Broken(Failure failure) -> {
          broken(writer, failure);
          yield false;
        }
        case ClientLeft() -> {
          exchange.sink().leave();
          yield false;
        }
      };
    } catch (IOException e) {
      exchange.sink().leave();
      return false;
    }
  }

  /** A failure has a status of its own as long as the client has nothing of the response. */
  private static void end(Arrival arrival, ResponseWriter writer, ResponseEnd end)
      throws IOException, InterruptedException {
    StoredResponse begun = Objects.requireNonNull(writer.response(), "accepted before its end");
    StoredResponse ended = arrival.recorder().end(begun, end);
    if (!writer.isCommitted() && end.failure().isPresent()) {
      throw new FailureException(end.failure().get(), null);
    }
    writer.end(ended);
  }

  private static void broken(ResponseWriter writer, Failure failure) throws IOException {
    if (!writer.isCommitted()) {
      throw new FailureException(failure, null);
    }
    writer.broken(ApiError.of(failure));
  }

  private void admit(Arrival arrival, Optional<Duration> timeout, AnswerExchange exchange) {
    Optional<String> session = Optional.ofNullable(arrival.http().header(CallHeaders.SESSION));
    try {
      admission.admit(
          arrival.call().with(arrival.messages(), session),
          origin(arrival, timeout),
          exchange.sink());
    } catch (InvalidRequestException e) {
      throw ResponseErrors.of(e);
    }
  }

  private static Admission.CallContext origin(Arrival arrival, Optional<Duration> timeout) {
    Context http = arrival.http();
    return new Admission.CallContext(
        CallerCheck.caller(http),
        timeout,
        new TraceContext(
            Optional.ofNullable(http.header("traceparent")),
            Optional.ofNullable(http.header("tracestate"))),
        Optional.ofNullable(http.header("Idempotency-Key")).map(IdempotencyKey::of),
        arrival.headers()::setLimits);
  }
}
