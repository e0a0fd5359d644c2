package io.anyserve.ingress.grpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A call that is closed once, whoever closes it first; what comes later is dropped. */
final class CloseOnceCall<Q, R> extends SimpleForwardingServerCall<Q, R> {

  private final AtomicBoolean closed = new AtomicBoolean();

  CloseOnceCall(ServerCall<Q, R> call) {
    super(call);
  }

  @Override
  public void sendMessage(R message) {
    if (!closed.get()) {
      super.sendMessage(message);
    }
  }

  @Override
  public void close(Status status, Metadata trailers) {
    if (closed.compareAndSet(false, true)) {
      super.close(status, trailers);
    }
  }

  void refuse(StatusRuntimeException status) {
    @Nullable Metadata trailers = status.getTrailers();
    close(status.getStatus(), trailers == null ? new Metadata() : trailers);
  }
}
