package io.anyserve.ingress.admission;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TenantId;
import io.anyserve.ingress.idempotency.PendingIdempotency;
import io.anyserve.ingress.idempotency.Resubmission;
import io.anyserve.ingress.kafka.RequestPublisher;
import io.anyserve.ingress.kafka.TraceContext;
import io.anyserve.ingress.response.ResponseSink;
import io.anyserve.ingress.response.ResponseStream;
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.ingress.response.StreamHandle;
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
 * Admits requests, the same for every protocol: read and check, open the stream, ask the quotas,
 * take large payloads out of the record, publish. Never blocks; the object store is waited for on a
 * virtual thread. Thread-safe.
 */
public final class Admission {

  private static final Logger logger = LoggerFactory.getLogger(Admission.class);

  private final RequestValidator validator;
  private final RequestStamper stamper;
  private final InputOffloader payloads;
  private final ResponseStreams streams;
  private final RequestPublisher log;
  private final AdmissionPolicy policy;

  /** With nothing in the way. */
  public Admission(
      RequestValidator validator,
      RequestStamper stamper,
      InputOffloader payloads,
      ResponseStreams streams,
      RequestPublisher log) {
    this(validator, stamper, payloads, streams, log, AdmissionPolicy.OPEN);
  }

  /**
   * A way in over these parts.
   *
   * @param policy asked last, before anything is stored or published
   */
  public Admission(
      RequestValidator validator,
      RequestStamper stamper,
      InputOffloader payloads,
      ResponseStreams streams,
      RequestPublisher log,
      AdmissionPolicy policy) {
    this.policy = policy;
    this.validator = validator;
    this.stamper = stamper;
    this.payloads = payloads;
    this.streams = streams;
    this.log = log;
  }

  /**
   * How a request came.
   *
   * @param timeout for the whole answer, where the caller sets a limit
   * @param key of idempotency, where the caller gives one
   * @param limits hears whom to ask how the tightest quota stands, where one applies
   */
  public record CallContext(
      Caller caller,
      Optional<Duration> timeout,
      TraceContext trace,
      Optional<IdempotencyKey> key,
      Consumer<Supplier<Optional<LimitStatus>>> limits) {

    Admission.CallContext within(Duration remaining) {
      return new Admission.CallContext(caller, Optional.of(remaining), trace, key, limits);
    }
  }

  /**
   * Lets a request in; from then on the sink hears of it.
   *
   * @throws InvalidRequestException before anything is published
   * @throws FailureException likewise; the sink has heard nothing
   */
  public void admit(Inference message, Admission.CallContext origin, ResponseSink sink) {
    admit(message, origin, AdmissionPolicy.OPEN, sink);
  }

  /**
   * As the other.
   *
   * @param last asked behind the policy for all requests, before anything is published
   */
  public void admit(
      Inference message, Admission.CallContext origin, AdmissionPolicy last, ResponseSink sink) {
    admit(message, origin, last, sink, 0);
  }

  private void admit(
      Inference message,
      Admission.CallContext origin,
      AdmissionPolicy last,
      ResponseSink sink,
      int generation) {
    try {
      TenantId tenant = origin.caller().tenant();
      Optional<IdempotentSubmission> submission =
          origin.key().map(key -> IdempotentSubmission.of(message, tenant, key, generation));
      RequestStamp arrival =
          submission.isPresent()
              ? stamper.next(submission.get().request(), origin.timeout(), streams::address)
              : stamper.next(origin.timeout(), streams::address);
      InferenceRequest read = validator.read(message, origin.caller(), arrival);
      InferenceRequest request =
          submission.isPresent() ? submission.get().of(read, arrival.seed()) : read;
      Optional<Resubmission> again =
          generation + 1 < IdempotentSubmission.GENERATIONS
              ? Optional.of(left -> again(message, origin.within(left), last, sink, generation + 1))
              : Optional.empty();
      enter(request, origin, last, open(request, arrival, again, sink));
    } catch (InvalidRequestException e) {
      streams.refused(e.failure().code());
      throw e;
    } catch (FailureException e) {
      streams.refused(e.failure().code());
      throw e;
    }
  }

  /** Off the thread that reads the log. The caller was told nothing yet but opened. */
  private void again(
      Inference message,
      Admission.CallContext origin,
      AdmissionPolicy last,
      ResponseSink sink,
      int generation) {
    Thread.ofVirtual()
        .name("submit-again")
        .start(
            () -> {
              try {
                admit(message, origin, last, sink, generation);
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

  private ResponseStream open(
      InferenceRequest request,
      RequestStamp arrival,
      Optional<Resubmission> again,
      ResponseSink sink) {
    TenantId tenant = request.context().tenant();
    StreamHandle handle =
        streams.handle(
            request.id(), request.context().session(), tenant, request.routing().reply());
    Optional<PendingIdempotency> claim =
        request
            .idempotency()
            .map(idempotency -> new PendingIdempotency(idempotency, arrival.acceptedAt(), again));
    return streams.open(handle, tenant, arrival.timeout(), GenAiOperation.of(request), claim, sink);
  }

  private void enter(
      InferenceRequest request,
      Admission.CallContext origin,
      AdmissionPolicy last,
      ResponseStream stream) {
    Consumer<InferenceRequest> passed =
        allowed -> telling(stream, () -> publish(allowed, origin.trace(), stream));
    var publishing = new AdmissionPolicy.Callbacks(passed, stream::refuse, origin.limits());
    var asking =
        new AdmissionPolicy.Callbacks(
            allowed -> telling(stream, () -> last.pass(allowed, publishing)),
            stream::refuse,
            origin.limits());
    telling(stream, () -> policy.pass(request, asking));
  }

  private void publish(InferenceRequest request, TraceContext trace, ResponseStream stream) {
    if (payloads.isInline(request.input())) {
      log.publish(request, trace, stream);
    } else {
      Thread.ofVirtual()
          .name("settle-" + request.id())
          .start(() -> telling(stream, () -> offloadAndPublish(request, trace, stream)));
    }
  }

  private void offloadAndPublish(
      InferenceRequest request, TraceContext trace, ResponseStream stream) {
    Payload settled = payloads.offload(request.context().tenant(), request.input());
    log.publish(request.with(settled), trace, stream);
  }

  /** Once a stream is open, its caller is told whatever is thrown, on whichever thread. */
  private static void telling(ResponseStream stream, Runnable step) {
    try {
      step.run();
    } catch (FailureException e) {
      stream.refuse(e.failure());
    } catch (RuntimeException | Error e) {
      logger.error("request {} cannot be published", stream.handle().request(), e);
      stream.refuse(Failure.unforeseen());
    }
  }
}
