package io.anyserve.ingress.grpc;

import io.anyserve.runtime.trace.Tracing;
import io.anyserve.v1.StreamEvent;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;

/**
 * A span for each call, from its headers to its end, with the moment of the first token. The rest
 * of the way finds the span's context where the caller's was. Installed only where traces are on.
 */
public final class TraceInterceptor implements ServerInterceptor {

  private final Tracing tracing;

  public TraceInterceptor(Tracing tracing) {
    this.tracing = tracing;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Span span = tracing.serving(call.getMethodDescriptor().getFullMethodName(), headers);
    try {
      return new Listening<>(next.startCall(new Traced<>(call, span), headers), span);
    } catch (RuntimeException e) {
      span.recordException(e).setStatus(StatusCode.ERROR).end();
      throw e;
    }
  }

  /** Sees what is answered. */
  private static final class Traced<Q, R> extends SimpleForwardingServerCall<Q, R> {

    private final Span span;
    private boolean tokenSeen;

    Traced(ServerCall<Q, R> call, Span span) {
      super(call);
      this.span = span;
    }

    @Override
    public void sendMessage(R message) {
      if (!tokenSeen && isChunk(message)) {
        tokenSeen = true;
        span.addEvent("first token");
      }
      super.sendMessage(message);
    }

    private static boolean isChunk(Object message) {
      return message instanceof StreamEvent event && event.hasChunk();
    }

    @Override
    public void close(Status status, Metadata trailers) {
      String request = trailers.get(CallMetadata.REQUEST_ID);
      if (request != null) {
        span.setAttribute("anyserve.request.id", request);
      }
      end(span, status);
      super.close(status, trailers);
    }
  }

  /** Sees a caller that leaves. */
  private static final class Listening<Q> extends SimpleForwardingServerCallListener<Q> {

    private final Span span;

    Listening(ServerCall.Listener<Q> listener, Span span) {
      super(listener);
      this.span = span;
    }

    @Override
    public void onCancel() {
      end(span, Status.CANCELLED);
      super.onCancel();
    }
  }

  private static void end(Span span, Status status) {
    span.setAttribute("rpc.grpc.status_code", (long) status.getCode().value());
    if (!status.isOk()) {
      span.setAttribute("error.type", status.getCode().name());
      span.setStatus(StatusCode.ERROR, status.getCode().name());
    }
    span.end();
  }
}
