package io.anyserve.ingress.admission;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TenantId;
import io.anyserve.ingress.log.RequestLog;
import io.anyserve.ingress.log.Trace;
import io.anyserve.ingress.reply.Claim;
import io.anyserve.ingress.reply.Replies;
import io.anyserve.ingress.reply.Reply;
import io.anyserve.ingress.reply.ReplySink;
import io.anyserve.ingress.reply.Resubmission;
import io.anyserve.ingress.reply.Ticket;
import io.anyserve.quota.LimitStatus;
import io.anyserve.runtime.auth.Caller;
import io.anyserve.runtime.trace.GenAiOperation;
import io.anyserve.v1.Inference;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way in, the same for every protocol: read and check, open the reply, ask the quotas, take
 * large payloads out of the record, publish. Never blocks; the object store is waited for on a
 * virtual thread. Thread-safe.
 */
public final class Admission {

  private static final Logger logger = LoggerFactory.getLogger(Admission.class);

  private final RequestReader reader;
  private final Arrivals arrivals;
  private final Payloads payloads;
  private final Replies replies;
  private final RequestLog log;
  private final Gate gate;

  /** With nothing in the way. */
  public Admission(
      RequestReader reader, Arrivals arrivals, Payloads payloads, Replies replies, RequestLog log) {
    this(reader, arrivals, payloads, replies, log, Gate.OPEN);
  }

  /**
   * A way in over these parts.
   *
   * @param gate asked last, before anything is stored or published
   */
  public Admission(
      RequestReader reader,
      Arrivals arrivals,
      Payloads payloads,
      Replies replies,
      RequestLog log,
      Gate gate) {
    this.gate = gate;
    this.reader = reader;
    this.arrivals = arrivals;
    this.payloads = payloads;
    this.replies = replies;
    this.log = log;
  }

  /**
   * How a request came.
   *
   * @param patience for the whole answer, where the caller sets a limit
   * @param key of idempotency, as the caller gives it
   * @param limits hears whom to ask how the tightest quota stands, where one applies
   */
  public record Origin(
      Caller caller,
      Optional<Duration> patience,
      Trace trace,
      Optional<String> key,
      Consumer<Supplier<Optional<LimitStatus>>> limits) {

    Origin within(Duration remaining) {
      return new Origin(caller, Optional.of(remaining), trace, key, limits);
    }
  }

  /**
   * Lets a request in; from then on the sink hears of it.
   *
   * @throws InvalidRequestException before anything is published
   * @throws FailureException likewise; the sink has heard nothing
   */
  public void admit(Inference message, Origin origin, ReplySink sink) {
    admit(message, origin, sink, 0);
  }

  private void admit(Inference message, Origin origin, ReplySink sink, int generation) {
    try {
      TenantId tenant = origin.caller().tenant();
      Optional<Submission> submission =
          origin.key().map(key -> Submission.of(message, tenant, key, generation));
      Arrival arrival =
          submission.isPresent()
              ? arrivals.next(submission.get().request(), origin.patience(), replies::address)
              : arrivals.next(origin.patience(), replies::address);
      InferenceRequest read = reader.read(message, origin.caller(), arrival);
      InferenceRequest request =
          submission.isPresent() ? submission.get().of(read, arrival.seed()) : read;
      Optional<Resubmission> again =
          generation + 1 < Submission.GENERATIONS
              ? Optional.of(left -> again(message, origin.within(left), sink, generation + 1))
              : Optional.empty();
      enter(request, origin, open(request, arrival, again, sink));
    } catch (InvalidRequestException e) {
      replies.refused(e.failure().code());
      throw e;
    } catch (FailureException e) {
      replies.refused(e.failure().code());
      throw e;
    }
  }

  /** Off the thread that reads the log. The caller was told nothing yet but opened. */
  private void again(Inference message, Origin origin, ReplySink sink, int generation) {
    Thread.ofVirtual()
        .name("submit-again")
        .start(
            () -> {
              try {
                admit(message, origin, sink, generation);
              } catch (InvalidRequestException e) {
                sink.failed(e.failure());
              } catch (FailureException e) {
                sink.failed(e.failure());
              } catch (RuntimeException | Error e) {
                logger.error("a request cannot be submitted again under its key", e);
                sink.failed(Failure.unforeseen());
              }
            });
  }

  private Reply open(
      InferenceRequest request, Arrival arrival, Optional<Resubmission> again, ReplySink sink) {
    TenantId tenant = request.context().tenant();
    Ticket ticket =
        replies.ticket(
            request.id(), request.context().session(), tenant, request.delivery().reply());
    Optional<Claim> claim =
        request
            .idempotency()
            .map(idempotency -> new Claim(idempotency, arrival.acceptedAt(), again));
    return replies.open(
        ticket, tenant, arrival.patience(), GenAiOperation.of(request.input()), claim, sink);
  }

  private void enter(InferenceRequest request, Origin origin, Reply reply) {
    Consumer<InferenceRequest> passed =
        allowed -> telling(reply, () -> publish(allowed, origin.trace(), reply));
    var visitor = new Gate.Visitor(passed, reply::refuse, origin.limits());
    telling(reply, () -> gate.pass(request, visitor));
  }

  private void publish(InferenceRequest request, Trace trace, Reply reply) {
    if (payloads.settled(request.input())) {
      log.publish(request, trace, reply);
    } else {
      Thread.ofVirtual()
          .name("settle-" + request.id())
          .start(() -> telling(reply, () -> settleAndPublish(request, trace, reply)));
    }
  }

  private void settleAndPublish(InferenceRequest request, Trace trace, Reply reply) {
    Payload settled = payloads.settle(request.context().tenant(), request.input());
    log.publish(request.with(settled), trace, reply);
  }

  /** Once a reply is open, its caller is told whatever is thrown, on whichever thread. */
  private static void telling(Reply reply, Runnable step) {
    try {
      step.run();
    } catch (FailureException e) {
      reply.refuse(e.failure());
    } catch (RuntimeException | Error e) {
      logger.error("request {} cannot be published", reply.ticket().request(), e);
      reply.refuse(Failure.unforeseen());
    }
  }
}
