package io.anyserve.ingress.responses;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.ingress.grpc.RouterClient;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One answer that a virtual thread waits for. */
final class PendingAnswer<R> implements StreamObserver<R> {

  /** Calls to the router and the producer are decided earlier. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final CompletableFuture<R> answer = new CompletableFuture<>();

  @Override
  public void onNext(R response) {
    answer.complete(response);
  }

  @Override
  public void onError(Throwable error) {
    answer.completeExceptionally(new FailureException(RouterClient.failure(error), error));
  }

  /** {@link #await} throws that. */
  void fail(RuntimeException why) {
    answer.completeExceptionally(why);
  }

  @Override
  public void onCompleted() {
    answer.completeExceptionally(new IllegalStateException("no answer before the end of the call"));
  }

  /** Throws FailureException as the other side says. */
  R await() throws InterruptedException {
    try {
      return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("a call failed unexpectedly", e);
    } catch (TimeoutException e) {
      throw new FailureException(
          FailureCode.BROKER_UNAVAILABLE, "no answer within " + PATIENCE.toSeconds() + " s", e);
    }
  }
}
