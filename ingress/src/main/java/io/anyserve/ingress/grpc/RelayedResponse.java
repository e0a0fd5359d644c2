package io.anyserve.ingress.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.Consumer;

/** Hands the router's response on to a caller. Called by one thread at a time. */
final class RelayedResponse<R> implements StreamObserver<R> {

  private final StreamObserver<R> caller;
  private final Consumer<R> answered;
  private final Runnable ended;

  /**
   * @param answered takes the response before the caller does
   * @param ended run once, at the end
   */
  RelayedResponse(StreamObserver<R> caller, Consumer<R> answered, Runnable ended) {
    this.caller = caller;
    this.answered = answered;
    this.ended = ended;
    if (caller instanceof ServerCallStreamObserver<R> call) {
      call.setOnCancelHandler(() -> {}); // with it, a late answer is no error
    }
  }

  @Override
  public void onNext(R response) {
    answered.accept(response);
    caller.onNext(response);
  }

  @Override
  public void onError(Throwable error) {
    ended.run();
    caller.onError(GrpcErrors.of(RouterClient.failure(error)));
  }

  @Override
  public void onCompleted() {
    ended.run();
    caller.onCompleted();
  }
}
