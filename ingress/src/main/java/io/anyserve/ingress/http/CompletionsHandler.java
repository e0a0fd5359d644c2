package io.anyserve.ingress.http;

import io.anyserve.ingress.admission.Admission;
import io.anyserve.ingress.admission.IdempotencyKey;
import io.anyserve.ingress.admission.InvalidRequestException;
import io.anyserve.ingress.kafka.TraceContext;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiException;
import io.anyserve.ingress.openai.CompletionCall;
import io.anyserve.ingress.openai.CompletionKind;
import io.anyserve.ingress.openai.CompletionReader;
import io.anyserve.ingress.response.StreamHandle;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** {@code POST} of a completion: each choice is a request of its own. Thread-safe. */
public final class CompletionsHandler {

  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  private final Admission admission;
  private final InstantSource clock;
  private final int mostBytes;
  private final Duration ping;

  /** Tells clients that a call goes on as often as proxies need it. */
  public CompletionsHandler(Admission admission, InstantSource clock, int mostBytes) {
    this(admission, clock, mostBytes, CompletionExchange.PING);
  }

  /**
   * @param mostBytes of a body
   * @param ping silence after which a client is told that its call goes on
   */
  CompletionsHandler(Admission admission, InstantSource clock, int mostBytes, Duration ping) {
    this.ping = ping;
    this.admission = admission;
    this.clock = clock;
    this.mostBytes = mostBytes;
  }

  /** Returns when the answer is written, or its client has left. */
  void complete(Context http, CompletionKind kind) throws IOException, InterruptedException {
    if (http.header(StreamsHandler.LAST_EVENT_ID) != null) {
      throw new ApiException(
          ApiError.invalid(
              StreamsHandler.LAST_EVENT_ID,
              StreamsHandler.LAST_EVENT_ID + ": set (expected: none; GET /v1/streams continues)"));
    }
    byte[] body = RequestBody.json(http, mostBytes);
    Optional<String> session = Optional.ofNullable(http.header(CallHeaders.SESSION));
    answer(http, CompletionReader.read(kind, body, session));
  }

  private void answer(Context http, CompletionCall call) throws InterruptedException {
    var outbox = new EventOutbox();
    boolean resumable = call.choices().size() == 1;
    List<ChoiceSink> sinks =
        IntStream.range(0, call.choices().size())
            .mapToObj(choice -> new ChoiceSink(choice, resumable && call.stream(), outbox))
            .toList();
    Supplier<StreamHandle> first = () -> sinks.getFirst().handle().orElseThrow();
    var identity =
        new AnswerIdentity(call.kind(), call.model(), clock.instant().getEpochSecond(), first);
    var headers = new CallHeaders();
    Runnable head = () -> headers.write(http, first.get(), clock.instant());
    ChoiceWriter writer =
        call.stream()
            ? new ServerSentEventsWriter(
                http,
                new ServerSentEventsWriter.Form(
                    call.includeUsage(), false, () -> resumable ? first.get().resumeToken() : ""),
                identity,
                head)
            : new WholeResponseWriter(http, identity, sinks.size());
    var exchange = new CompletionExchange(outbox, sinks, writer, identity::begun, ping);
    try (var connection = CallConnection.of(http, outbox)) {
      admit(http, call, sinks, headers);
      connection.end(exchange.run());
    } finally {
      if (!writer.isCommitted() && sinks.getFirst().handle().isPresent()) {
        head.run();
      }
    }
  }

  private void admit(
      Context http, CompletionCall call, List<ChoiceSink> sinks, CallHeaders headers) {
    try {
      for (int i = 0; i < sinks.size(); i++) {
        admission.admit(call.choices().get(i), origin(http, i, headers), sinks.get(i));
      }
    } catch (InvalidRequestException e) {
      sinks.forEach(ChoiceSink::cancel);
      throw new ApiException(ApiError.of(e, call.names()));
    } catch (RuntimeException e) {
      sinks.forEach(ChoiceSink::cancel);
      throw e;
    }
  }

  /** The choices of one idempotency key have a key each. */
  private static Admission.CallContext origin(Context http, int choice, CallHeaders headers) {
    Optional<String> key = Optional.ofNullable(http.header(IDEMPOTENCY_KEY));
    return new Admission.CallContext(
        CallerCheck.caller(http),
        Optional.empty(),
        new TraceContext(
            Optional.ofNullable(http.header("traceparent")),
            Optional.ofNullable(http.header("tracestate"))),
        key.map(given -> new IdempotencyKey(given, choice)),
        headers::setLimits);
  }
}
