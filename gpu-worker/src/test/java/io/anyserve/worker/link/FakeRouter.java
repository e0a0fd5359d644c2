package io.anyserve.worker.link;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.RequestId;
import io.anyserve.v1.ConnectWorkerRequest;
import io.anyserve.v1.ConnectWorkerResponse;
import io.anyserve.v1.RepublishedRequest;
import io.anyserve.v1.RouterServiceGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A router that answers every keep-alive, or none, and remembers all. Thread-safe. */
final class FakeRouter extends RouterServiceGrpc.RouterServiceImplBase {

  final List<Call> calls = new CopyOnWriteArrayList<>();
  volatile boolean answers = true;

  @Override
  public StreamObserver<ConnectWorkerRequest> connectWorker(
      StreamObserver<ConnectWorkerResponse> worker) {
    Call call = new Call(worker);
    calls.add(call);
    return call;
  }

  /** One call of a worker. */
  final class Call implements StreamObserver<ConnectWorkerRequest> {

    final List<ConnectWorkerRequest> heard = new CopyOnWriteArrayList<>();
    volatile boolean halfClosed;
    private final StreamObserver<ConnectWorkerResponse> worker;

    Call(StreamObserver<ConnectWorkerResponse> worker) {
      this.worker = worker;
    }

    @Override
    public void onNext(ConnectWorkerRequest keepAlive) {
      heard.add(keepAlive);
      if (answers) {
        worker.onNext(ConnectWorkerResponse.getDefaultInstance());
      }
    }

    @Override
    public void onError(Throwable cause) {}

    @Override
    public void onCompleted() {
      halfClosed = true;
      worker.onCompleted();
    }

    void republished(RequestId request, int attempt) {
      worker.onNext(
          ConnectWorkerResponse.newBuilder()
              .addRepublished(
                  RepublishedRequest.newBuilder()
                      .setRequestId(ByteString.copyFrom(request.bytes()))
                      .setAttempt(attempt))
              .build());
    }

    void breakOff() {
      worker.onError(Status.UNAVAILABLE.asRuntimeException());
    }
  }
}
