package io.anyserve.router.status;

import io.anyserve.v1.ConnectWorkerRequest;
import io.anyserve.v1.ConnectWorkerResponse;
import io.anyserve.v1.DescribeRequestRequest;
import io.anyserve.v1.DescribeRequestResponse;
import io.anyserve.v1.RouterServiceGrpc;
import io.grpc.stub.StreamObserver;

/** The methods of the router's gRPC service. Thread-safe. */
final class RouterGrpcService extends RouterServiceGrpc.RouterServiceImplBase {

  private final StatusService status;
  private final WorkerCalls workers;

  RouterGrpcService(StatusService status, WorkerCalls workers) {
    this.status = status;
    this.workers = workers;
  }

  @Override
  public void describeRequest(
      DescribeRequestRequest asked, StreamObserver<DescribeRequestResponse> caller) {
    status.describeRequest(asked, caller);
  }

  @Override
  public StreamObserver<ConnectWorkerRequest> connectWorker(
      StreamObserver<ConnectWorkerResponse> answers) {
    return workers.open(answers);
  }

  /** Ends the calls of workers, which last as long as the server. */
  void endCalls() {
    workers.end();
  }
}
