package io.anyserve.ingress.responses;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.ingress.response.RecentRequest;
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.ingress.response.StreamHandle;
import java.time.Duration;
import java.util.Optional;

/**
 * Reads the answers of responses in the log, whichever ingress they were made at. Thread-safe.
 *
 * @param patience longer than any request may take
 */
record AnswerLog(ResponseStreams streams, Duration patience) {

  /** For an answer of that tenant; not reading yet. */
  AnswerExchange exchange(TenantId tenant) {
    return new AnswerExchange(request -> end(request, tenant));
  }

  private Optional<Terminal> end(RequestId request, TenantId tenant) {
    return streams
        .recent(request, tenant)
        .flatMap(RecentRequest::end)
        .map(RecentRequest.End::terminal);
  }

  /** Has the exchange read that response from its beginning. */
  void resume(TenantId tenant, StoredResponse response, AnswerExchange exchange) {
    streams.resume(handle(tenant, response).resumeToken(), tenant, 0, patience, exchange.sink());
  }

  StreamHandle handle(TenantId tenant, StoredResponse response) {
    StoredResponse.Place place = response.place();
    return streams.handle(response.id().request(), place.session(), tenant, place.address());
  }

  /** The answer up to its end, unless the log tells of none for a while. */
  AnswerOutcome read(TenantId tenant, StoredResponse response) throws InterruptedException {
    AnswerExchange exchange = exchange(tenant);
    try {
      resume(tenant, response, exchange);
      return exchange.run(() -> false);
    } finally {
      exchange.sink().detach();
    }
  }
}
