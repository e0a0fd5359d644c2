package io.anyserve.ingress.grpc;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.auth.Caller;
import io.anyserve.ingress.admission.Admission;
import io.anyserve.ingress.admission.Admission.Origin;
import io.anyserve.ingress.admission.Payloads;
import io.anyserve.ingress.log.RequestLog;
import io.anyserve.ingress.reply.Replies;
import io.anyserve.v1.CancelRequest;
import io.anyserve.v1.CancelResponse;
import io.anyserve.v1.GetRequestRequest;
import io.anyserve.v1.GetRequestResponse;
import io.anyserve.v1.InferRequest;
import io.anyserve.v1.InferResponse;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.InferStreamResponse;
import io.anyserve.v1.InferenceServiceGrpc.InferenceServiceImplBase;
import io.anyserve.v1.ResumeRequest;
import io.anyserve.v1.ResumeResponse;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs models: requests go into the log, and their events come back out of it. */
public final class InferenceService extends InferenceServiceImplBase {

  private final Admission admission;
  private final Payloads answers;
  private final Replies replies;
  private final RequestLog log;

  /**
   * A service over these parts.
   *
   * @param answers says which answers of {@code Infer} are too large for one message
   */
  public InferenceService(Admission admission, Payloads answers, Replies replies, RequestLog log) {
    this.admission = admission;
    this.answers = answers;
    this.replies = replies;
    this.log = log;
  }

  /** With its metadata interceptor. */
  public ServerServiceDefinition definition() {
    return ServerInterceptors.intercept(this, new CallMetadata.Interceptor());
  }

  @Override
  public void infer(InferRequest request, StreamObserver<InferResponse> observer) {
    var call = (ServerCallStreamObserver<InferResponse>) observer;
    admission.admit(request.getInference(), origin(), AnswerSink.on(call, answers));
  }

  @Override
  public void inferStream(
      InferStreamRequest request, StreamObserver<InferStreamResponse> observer) {
    var call = (ServerCallStreamObserver<InferStreamResponse>) observer;
    admission.admit(request.getInference(), origin(), StreamSink.on(call));
  }

  @Override
  public void cancel(CancelRequest request, StreamObserver<CancelResponse> observer) {
    Caller caller = Caller.current();
    RequestId id = RequestId.parse(request.getRequestId());
    if (replies.find(id).filter(reply -> reply.tenant().equals(caller.tenant())).isEmpty()) {
      throw new FailureException(
          FailureCode.REQUEST_NOT_FOUND, "request_id: " + id + " (expected: a request in flight)");
    }
    log.cancel(id, CancelReason.EXPLICIT, failure -> answer(failure, observer));
  }

  private static void answer(Optional<Failure> failure, StreamObserver<CancelResponse> observer) {
    failure.ifPresentOrElse(
        found -> observer.onError(Refusals.of(found)),
        () -> {
          observer.onNext(CancelResponse.getDefaultInstance());
          observer.onCompleted();
        });
  }

  @Override
  public void resume(ResumeRequest request, StreamObserver<ResumeResponse> observer) {
    throw unimplemented("Resume");
  }

  @Override
  public void getRequest(GetRequestRequest request, StreamObserver<GetRequestResponse> observer) {
    throw unimplemented("GetRequest");
  }

  private static FailureException unimplemented(String method) {
    return new FailureException(FailureCode.UNIMPLEMENTED, method + " is not implemented yet");
  }

  private static Origin origin() {
    @Nullable Deadline deadline = Context.current().getDeadline();
    Optional<Duration> wait =
        Optional.ofNullable(deadline)
            .map(at -> Duration.ofNanos(Math.max(0, at.timeRemaining(TimeUnit.NANOSECONDS))));
    return new Origin(Caller.current(), wait, CallMetadata.current().trace());
  }
}
