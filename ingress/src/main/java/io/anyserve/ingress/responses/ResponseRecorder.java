package io.anyserve.ingress.responses;

import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.ingress.openai.ApiException;
import io.anyserve.ingress.openai.response.ResponseCall;
import io.anyserve.ingress.response.StreamHandle;
import io.anyserve.ingress.responses.StoredResponse.Place;
import io.anyserve.ingress.responses.StoredResponse.Settlement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores one response where its client wants that: when its request is in the log, and again when
 * its answer has ended. Owned by the thread that reads the answer.
 */
final class ResponseRecorder {

  private static final Logger log = LoggerFactory.getLogger(ResponseRecorder.class);

  private final TenantId tenant;
  private final ResponseCall call;
  private final byte[] body;
  private final ResponseStore store;
  private final InstantSource clock;

  ResponseRecorder(
      TenantId tenant, ResponseCall call, byte[] body, ResponseStore store, InstantSource clock) {
    this.tenant = tenant;
    this.call = call;
    this.body = body;
    this.store = store;
    this.clock = clock;
  }

  /**
   * Its request is in the log.
   *
   * @param wait until its deadline, at most
   */
  StoredResponse begin(StreamHandle handle, Duration wait) throws InterruptedException {
    var place = new Place(handle.address(), handle.session(), clock.instant().plus(wait));
    var id = new ResponseId(handle.request());
    var begun = new StoredResponse(id, call, clock.instant(), place, Optional.empty());
    return call.options().store() ? store.create(tenant, begun, body) : begun;
  }

  /**
   * With the end that counts. Where that cannot be noted now, whoever asks for the response notes
   * it: the log has the answer.
   */
  StoredResponse end(StoredResponse begun, ResponseEnd end) throws InterruptedException {
    Optional<Settlement> noted = Optional.empty();
    if (call.options().store()) {
      try {
        noted = store.settle(tenant, begun.id(), end);
      } catch (FailureException | ApiException e) {
        log.warn("The end of response {} is noted later: {}", begun.id(), e.getMessage());
      }
    }
    return begun.with(noted.orElseGet(() -> new Settlement(end, clock.instant())));
  }
}
