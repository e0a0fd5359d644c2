package io.anyserve.ingress.responses;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.ingress.http.CallConnection;
import io.anyserve.ingress.http.CallHeaders;
import io.anyserve.ingress.http.CallerCheck;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.responses.AnswerOutcome.Broken;
import io.anyserve.ingress.responses.AnswerOutcome.ClientLeft;
import io.anyserve.ingress.responses.AnswerOutcome.Ended;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.InstantSource;

/** Streams a response that is kept from the log, on any ingress. Thread-safe. */
record StoredStream(StoredResponses responses, AnswerLog answers, InstantSource clock) {

  /**
   * Returns when the stream is written, or its client has left; the response goes on then.
   *
   * @param behind the number of the last event that the client has; -1 for none
   */
  void write(Context http, StoredResponse response, long behind)
      throws IOException, InterruptedException {
    TenantId tenant = CallerCheck.caller(http).tenant();
    AnswerExchange exchange = answers.exchange(tenant);
    var form = new ResponseEventsWriter.Form(behind, response.settlement().isEmpty());
    var writer = new ResponseEventsWriter(http, form, () -> response);
    try (var connection = CallConnection.of(http, exchange.outbox())) {
      new CallHeaders().write(http, answers.handle(tenant, response), clock.instant());
      answers.resume(tenant, response, exchange);
      switch (exchange.run(writer)) {
        case Ended(var terminal, var output) ->
            writer.end(settled(tenant, response, ResponseEnd.of(terminal, output)));
        case Broken(Failure failure) -> broken(response, failure, writer, connection);
        case ClientLeft() -> connection.abort();
      }
    } finally {
      exchange.sink().detach();
    }
  }

  private StoredResponse settled(TenantId tenant, StoredResponse response, ResponseEnd end)
      throws InterruptedException {
    return response.settlement().isPresent() ? response : responses.settle(tenant, response, end);
  }

  private static void broken(
      StoredResponse response,
      Failure failure,
      ResponseEventsWriter writer,
      CallConnection connection)
      throws IOException {
    if (failure.equals(AnswerExchange.SILENT) && response.settlement().isPresent()) {
      writer.end(response);
    } else if (writer.isCommitted()) {
      writer.broken(ApiError.of(failure));
      connection.abort();
    } else {
      throw new FailureException(failure, null);
    }
  }
}
