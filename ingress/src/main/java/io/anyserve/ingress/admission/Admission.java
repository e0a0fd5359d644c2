package io.anyserve.ingress.admission;

import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.auth.Caller;
import io.anyserve.ingress.log.RequestLog;
import io.anyserve.ingress.log.Trace;
import io.anyserve.ingress.reply.Replies;
import io.anyserve.ingress.reply.Reply;
import io.anyserve.ingress.reply.ReplySink;
import io.anyserve.ingress.reply.ResumeTokens;
import io.anyserve.ingress.reply.Ticket;
import io.anyserve.v1.Inference;
import java.time.Duration;
import java.util.Optional;

/**
 * The way in, the same for every protocol: read and check, open the reply, take large payloads out
 * of the record, publish. Never blocks; the object store is waited for on a virtual thread.
 * Thread-safe.
 */
public final class Admission {

  private final RequestReader reader;
  private final Arrivals arrivals;
  private final Payloads payloads;
  private final ResumeTokens tokens;
  private final Replies replies;
  private final RequestLog log;

  public Admission(
      RequestReader reader,
      Arrivals arrivals,
      Payloads payloads,
      ResumeTokens tokens,
      Replies replies,
      RequestLog log) {
    this.reader = reader;
    this.arrivals = arrivals;
    this.payloads = payloads;
    this.tokens = tokens;
    this.replies = replies;
    this.log = log;
  }

  /**
   * How a request came.
   *
   * @param patience for the whole answer, where the caller sets a limit
   */
  public record Origin(Caller caller, Optional<Duration> patience, Trace trace) {}

  /**
   * Lets a request in; from then on the sink hears of it.
   *
   * @throws InvalidRequestException before anything is published
   * @throws FailureException likewise; the sink has heard nothing
   */
  public void admit(Inference message, Origin origin, ReplySink sink) {
    try {
      Arrival arrival = arrivals.next(origin.patience(), replies::address);
      InferenceRequest request = reader.read(message, origin.caller(), arrival);
      Reply reply =
          replies.open(ticket(request), request.context().tenant(), arrival.patience(), sink);
      publish(request, origin.trace(), reply);
    } catch (InvalidRequestException e) {
      replies.refused(e.failure().code());
      throw e;
    } catch (FailureException e) {
      replies.refused(e.failure().code());
      throw e;
    }
  }

  private Ticket ticket(InferenceRequest request) {
    var position = new ResumeTokens.Position(request.delivery().reply(), request.id());
    String token = tokens.issue(position, request.context().tenant());
    return new Ticket(request.id(), request.context().session(), token);
  }

  private void publish(InferenceRequest request, Trace trace, Reply reply) {
    if (payloads.settled(request.input())) {
      log.publish(request, trace, reply);
    } else {
      Thread.ofVirtual()
          .name("settle-" + request.id())
          .start(() -> settleAndPublish(request, trace, reply));
    }
  }

  private void settleAndPublish(InferenceRequest request, Trace trace, Reply reply) {
    TenantId tenant = request.context().tenant();
    Payload settled;
    try {
      settled = payloads.settle(tenant, request.input());
    } catch (FailureException e) {
      reply.refuse(e.failure());
      return;
    }
    log.publish(
        new InferenceRequest(
            request.id(), request.context(), settled, request.parameters(), request.delivery()),
        trace,
        reply);
  }
}
