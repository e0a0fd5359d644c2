package io.anyserve.ingress.grpc;

import io.grpc.stub.ServerCallStreamObserver;

/** Lets a blocking writer wait until its caller takes more. */
final class ReadyGate {

  private final ServerCallStreamObserver<?> call;

  private ReadyGate(ServerCallStreamObserver<?> call) {
    this.call = call;
  }

  /** Before the call's handler returns. */
  static ReadyGate on(ServerCallStreamObserver<?> call) {
    var gate = new ReadyGate(call);
    call.setOnReadyHandler(gate::wake);
    call.setOnCancelHandler(gate::wake);
    return gate;
  }

  private synchronized void wake() {
    notifyAll();
  }

  /** True when the caller takes more, false when it has left. */
  synchronized boolean await() throws InterruptedException {
    while (!call.isCancelled() && !call.isReady()) {
      wait();
    }
    return !call.isCancelled();
  }
}
