package io.anyserve.ingress.grpc;

import io.anyserve.contracts.CancelReason;
import io.anyserve.ingress.response.ResponseStream;
import io.anyserve.ingress.response.StreamHandle;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ties a gRPC call to its stream: a ready transport drains it, and it hears when the client
 * disconnects. Made on the call's thread before its handler returns.
 */
final class CallLifecycle {

  private static final long SLACK_MILLIS = 200;

  private final CallMetadata metadata = CallMetadata.current();
  private final @Nullable Deadline deadline = Context.current().getDeadline();
  private volatile @Nullable ResponseStream stream;
  private volatile boolean gone;

  private CallLifecycle() {}

  static CallLifecycle of(ServerCallStreamObserver<?> call) {
    var life = new CallLifecycle();
    call.setOnReadyHandler(life::ready);
    call.setOnCancelHandler(life::cancelled);
    return life;
  }

  /** Also a second time, for another stream in the place of the first. */
  void opened(ResponseStream opened) {
    stream = opened;
    if (gone) {
      disconnect(opened);
    }
  }

  /** From now on the client can resume it; what was never accepted cannot be resumed. */
  void accepted() {
    metadata.setResponseMetadata(handle());
  }

  /** The one opened last. */
  ResponseStream stream() {
    return Objects.requireNonNull(stream, "opened comes first");
  }

  StreamHandle handle() {
    return stream().handle();
  }

  private void ready() {
    @Nullable ResponseStream opened = stream;
    if (opened != null) {
      opened.drain();
    }
  }

  private void cancelled() {
    gone = true;
    @Nullable ResponseStream opened = stream;
    if (opened != null) {
      disconnect(opened);
    }
  }

  private void disconnect(ResponseStream from) {
    from.onDisconnect(late() ? CancelReason.DEADLINE : CancelReason.CLIENT_GONE);
  }

  /** The caller's clock for the same deadline is a little ahead of this one. */
  private boolean late() {
    return deadline != null && deadline.timeRemaining(TimeUnit.MILLISECONDS) < SLACK_MILLIS;
  }
}
