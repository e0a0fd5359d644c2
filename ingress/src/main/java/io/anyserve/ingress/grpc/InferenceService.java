package io.anyserve.ingress.grpc;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.RequestId;
import io.anyserve.ingress.admission.Admission;
import io.anyserve.ingress.admission.IdempotencyKey;
import io.anyserve.ingress.admission.InputOffloader;
import io.anyserve.ingress.admission.RequestStamper;
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.runtime.auth.Caller;
import io.anyserve.v1.CancelRequest;
import io.anyserve.v1.CancelResponse;
import io.anyserve.v1.GetRequestRequest;
import io.anyserve.v1.GetRequestResponse;
import io.anyserve.v1.InferRequest;
import io.anyserve.v1.InferResponse;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.InferenceServiceGrpc.InferenceServiceImplBase;
import io.anyserve.v1.ResumeRequest;
import io.anyserve.v1.StreamEvent;
import io.grpc.Context;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs models: requests go into the log, and their events come back out of it. */
public final class InferenceService extends InferenceServiceImplBase {

  private final Admission admission;
  private final InputOffloader answers;
  private final ResponseStreams streams;
  private final RequestStamper.DeadlinePolicy waits;
  private final RequestOperations operations;

  /**
   * A service over these parts.
   *
   * @param answers says which answers of {@code Infer} are too large for one message
   * @param waits of callers that resume
   */
  public InferenceService(
      Admission admission,
      InputOffloader answers,
      ResponseStreams streams,
      RequestStamper.DeadlinePolicy waits,
      RequestOperations operations) {
    this.admission = admission;
    this.answers = answers;
    this.streams = streams;
    this.waits = waits;
    this.operations = operations;
  }

  /** With its metadata interceptor. */
  public ServerServiceDefinition definition() {
    return ServerInterceptors.intercept(this, new CallMetadata.Interceptor());
  }

  @Override
  public void infer(InferRequest request, StreamObserver<InferResponse> observer) {
    var call = (ServerCallStreamObserver<InferResponse>) observer;
    admission.admit(request.getInference(), origin(), UnaryResponseSink.on(call, answers));
  }

  @Override
  public void inferStream(InferStreamRequest request, StreamObserver<StreamEvent> observer) {
    var call = (ServerCallStreamObserver<StreamEvent>) observer;
    admission.admit(request.getInference(), origin(), StreamingResponseSink.on(call));
  }

  @Override
  public void resume(ResumeRequest request, StreamObserver<StreamEvent> observer) {
    if (request.getFromSequence() < 0) {
      throw new FailureException(
          FailureCode.INVALID_REQUEST,
          "from_sequence: " + request.getFromSequence() + " (expected: >= 0)");
    }
    var call = (ServerCallStreamObserver<StreamEvent>) observer;
    streams.resume(
        request.getResumeToken(),
        Caller.current().tenant(),
        request.getFromSequence(),
        waits.of(timeout()),
        StreamingResponseSink.on(call));
  }

  @Override
  public void cancel(CancelRequest request, StreamObserver<CancelResponse> observer) {
    operations.cancel(RequestId.parse(request.getRequestId()), Caller.current().tenant(), observer);
  }

  @Override
  public void getRequest(GetRequestRequest request, StreamObserver<GetRequestResponse> observer) {
    operations.describe(
        RequestId.parse(request.getRequestId()), Caller.current().tenant(), observer);
  }

  private static Admission.CallContext origin() {
    CallMetadata metadata = CallMetadata.current();
    return new Admission.CallContext(
        Caller.current(),
        timeout(),
        metadata.trace(),
        metadata.idempotencyKey().map(IdempotencyKey::of),
        metadata::setResponseMetadata);
  }

  private static Optional<Duration> timeout() {
    return Optional.ofNullable(Context.current().getDeadline())
        .map(at -> Duration.ofNanos(Math.max(0, at.timeRemaining(TimeUnit.NANOSECONDS))));
  }
}
