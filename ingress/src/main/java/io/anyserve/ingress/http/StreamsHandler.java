package io.anyserve.ingress.http;

import io.anyserve.ingress.admission.RequestStamper;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiException;
import io.anyserve.ingress.openai.EventId;
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.ingress.response.StreamHandle;
import io.javalin.http.Context;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** {@code GET} of a stream that broke off: goes on behind an event, on any ingress. Thread-safe. */
public final class StreamsHandler {

  static final String LAST_EVENT_ID = "Last-Event-ID";

  private final ResponseStreams streams;
  private final RequestStamper.DeadlinePolicy waits;
  private final InstantSource clock;

  /**
   * @param waits of clients that resume
   */
  public StreamsHandler(
      ResponseStreams streams, RequestStamper.DeadlinePolicy waits, InstantSource clock) {
    this.streams = streams;
    this.waits = waits;
    this.clock = clock;
  }

  /** Returns when the rest of the stream is written, or its client has left. */
  void resume(Context http) throws InterruptedException {
    EventId behind = behind(http);
    var outbox = new EventOutbox();
    var sink = new ChoiceSink(0, true, outbox);
    Supplier<StreamHandle> handle = () -> sink.handle().orElseThrow();
    var writer =
        new ServerSentEventsWriter(
            http,
            new ServerSentEventsWriter.Form(behind.includeUsage(), true, behind::token),
            () -> behind.stream(handle.get().request().toString()),
            () -> new CallHeaders().write(http, handle.get(), clock.instant()));
    var exchange =
        new CompletionExchange(outbox, List.of(sink), writer, _ -> {}, CompletionExchange.PING);
    try (var connection = CallConnection.of(http, outbox)) {
      streams.resume(
          behind.token(), CallerCheck.caller(http).tenant(), 0, waits.of(Optional.empty()), sink);
      connection.end(exchange.run());
    }
  }

  private static EventId behind(Context http) {
    return Optional.ofNullable(http.header(LAST_EVENT_ID))
        .flatMap(EventId::parse)
        .orElseThrow(
            () ->
                new ApiException(
                    ApiError.invalid(
                        LAST_EVENT_ID,
                        LAST_EVENT_ID
                            + ": none, or not an event's (expected: the id of the last event"
                            + " that came)")));
  }
}
