package io.anyserve.chaos.client;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One call: hands its messages and its failure on until it is dropped. */
final class CancellableCall<Q, R> implements OpenCall, ClientResponseObserver<Q, R> {

  private final Consumer<R> message;
  private final Consumer<StatusRuntimeException> failure;
  private final Runnable completion;
  private volatile @Nullable ClientCallStreamObserver<Q> call;
  private volatile boolean dropped;

  CancellableCall(
      Consumer<R> message, Consumer<StatusRuntimeException> failure, Runnable completion) {
    this.message = message;
    this.failure = failure;
    this.completion = completion;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<Q> started) {
    call = started;
  }

  @Override
  public void drop() {
    dropped = true;
    ClientCallStreamObserver<Q> open = call;
    if (open != null) {
      open.cancel("the caller leaves", null);
    }
  }

  @Override
  public void onNext(R value) {
    if (!dropped) {
      message.accept(value);
    }
  }

  @Override
  public void onError(Throwable cause) {
    if (!dropped) {
      failure.accept(
          cause instanceof StatusRuntimeException status
              ? status
              : Status.UNKNOWN.withCause(cause).asRuntimeException());
    }
  }

  @Override
  public void onCompleted() {
    if (!dropped) {
      completion.run();
    }
  }
}
