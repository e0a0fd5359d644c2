package io.anyserve.ingress.grpc;

import io.anyserve.ingress.kafka.TraceContext;
import io.anyserve.ingress.response.StreamHandle;
import io.anyserve.quota.LimitStatus;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of one call: the caller's trace and idempotency key on the way in; on the way out
 * the request's handle in the headers, and in the trailers of a call that fails, and what its
 * tightest quota leaves in both.
 */
final class CallMetadata {

  static final Metadata.Key<String> REQUEST_ID = key("anyserve-request-id");
  static final Metadata.Key<String> SESSION = key("anyserve-session");
  static final Metadata.Key<String> RESUME_TOKEN = key("anyserve-resume-token");

  static final Metadata.Key<String> IDEMPOTENCY_KEY = key("idempotency-key");

  static final Metadata.Key<String> QUOTA_LIMIT = key("anyserve-quota-limit");
  static final Metadata.Key<String> QUOTA_REMAINING = key("anyserve-quota-remaining");
  static final Metadata.Key<String> QUOTA_RESET = key("anyserve-quota-reset");

  private static final Metadata.Key<String> TRACE_PARENT = key("traceparent");
  private static final Metadata.Key<String> TRACE_STATE = key("tracestate");
  private static final Context.Key<CallMetadata> CURRENT = Context.key("anyserve.call-metadata");

  private final Metadata received;
  private volatile @Nullable StreamHandle handle;
  private volatile @Nullable Supplier<Optional<LimitStatus>> limits;

  private CallMetadata(Metadata received) {
    this.received = received;
  }

  static CallMetadata current() {
    return Objects.requireNonNull(CURRENT.get(), "the interceptor is in place");
  }

  TraceContext trace() {
    return new TraceContext(
        Optional.ofNullable(received.get(TRACE_PARENT)),
        Optional.ofNullable(received.get(TRACE_STATE)));
  }

  Optional<String> idempotencyKey() {
    return Optional.ofNullable(received.get(IDEMPOTENCY_KEY));
  }

  void setResponseMetadata(StreamHandle told) {
    handle = told;
  }

  void setResponseMetadata(Supplier<Optional<LimitStatus>> told) {
    limits = told;
  }

  private void addTicket(Metadata sent) {
    @Nullable StreamHandle told = handle;
    if (told != null) {
      sent.put(REQUEST_ID, told.request().toString());
      sent.put(SESSION, told.session().value());
      sent.put(RESUME_TOKEN, told.resumeToken());
    }
  }

  private void addLimits(Metadata sent) {
    @Nullable Supplier<Optional<LimitStatus>> asked = limits;
    if (asked != null) {
      asked.get().ifPresent(tightest -> add(tightest, sent));
    }
  }

  private static void add(LimitStatus tightest, Metadata sent) {
    sent.put(QUOTA_LIMIT, tightest.limit() + "; scope=" + tightest.scope());
    sent.put(QUOTA_REMAINING, Long.toString(tightest.left()));
    sent.put(QUOTA_RESET, tightest.resetsAt().toString());
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  /** Gives every call its metadata. */
  static final class Interceptor implements ServerInterceptor {

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      var metadata = new CallMetadata(headers);
      return Contexts.interceptCall(
          Context.current().withValue(CURRENT, metadata),
          new MetadataServerCall<>(call, metadata),
          headers,
          next);
    }
  }

  private static final class MetadataServerCall<Q, R> extends SimpleForwardingServerCall<Q, R> {

    private final CallMetadata metadata;

    MetadataServerCall(ServerCall<Q, R> call, CallMetadata metadata) {
      super(call);
      this.metadata = metadata;
    }

    @Override
    public void sendHeaders(Metadata headers) {
      metadata.addTicket(headers);
      metadata.addLimits(headers);
      super.sendHeaders(headers);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (!status.isOk()) {
        metadata.addTicket(trailers);
      }
      metadata.addLimits(trailers);
      super.close(status, trailers);
    }
  }
}
