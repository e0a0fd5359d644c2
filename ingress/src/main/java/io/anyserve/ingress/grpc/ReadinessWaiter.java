package io.anyserve.ingress.grpc;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.TimeUnit;

/** Lets a blocking writer wait until its caller takes more, but not for ever. */
final class ReadinessWaiter {

  private static final long LONGEST_MILLIS = 60_000;

  private final ServerCallStreamObserver<?> call;

  private ReadinessWaiter(ServerCallStreamObserver<?> call) {
    this.call = call;
  }

  /** Before the call's handler returns. */
  static ReadinessWaiter on(ServerCallStreamObserver<?> call) {
    var gate = new ReadinessWaiter(call);
    call.setOnReadyHandler(gate::wake);
    call.setOnCancelHandler(gate::wake);
    return gate;
  }

  private synchronized void wake() {
    notifyAll();
  }

  /**
   * True when the caller takes more, false when it has left.
   *
   * @throws FailureException when it does neither for a minute
   */
  synchronized boolean await() throws InterruptedException {
    long began = System.nanoTime();
    while (!call.isCancelled() && !call.isReady()) {
      wait(LONGEST_MILLIS);
      if (System.nanoTime() - began >= TimeUnit.MILLISECONDS.toNanos(LONGEST_MILLIS)) {
        throw new FailureException(FailureCode.OVERLOADED, "the caller did not read for too long");
      }
    }
    return !call.isCancelled();
  }
}
