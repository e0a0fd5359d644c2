package io.anyserve.ingress.access;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.runtime.auth.Caller;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Notes refused gRPC calls in the audit log. Outside of everything that refuses. */
public final class AuditInterceptor implements ServerInterceptor {

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private static final Metadata.Key<String> REQUEST_ID =
      Metadata.Key.of("anyserve-request-id", Metadata.ASCII_STRING_MARSHALLER);

  private final CallAccess access;

  public AuditInterceptor(CallAccess access) {
    this.access = access;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    return next.startCall(
        new SimpleForwardingServerCall<Q, R>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            if (!status.isOk()) {
              note(call, headers, status, trailers);
            }
            super.close(status, trailers);
          }
        },
        headers);
  }

  private void note(ServerCall<?, ?> call, Metadata headers, Status status, Metadata trailers) {
    GrpcStatuses.read(status.asRuntimeException(trailers))
        .ifPresent(failure -> note(call, headers, failure, trailers.get(REQUEST_ID)));
  }

  private void note(
      ServerCall<?, ?> call, Metadata headers, Failure failure, @Nullable String request) {
    access
        .audit()
        .refused(
            new Refusal(
                "grpc",
                caller(headers),
                CallLimitInterceptor.address(call),
                call.getMethodDescriptor().getFullMethodName(),
                failure.code().name().toLowerCase(Locale.ROOT),
                failure.code().http(),
                request == null ? "" : request));
  }

  private Optional<Caller> caller(Metadata headers) {
    try {
      return Optional.of(access.keys().authenticate(headers.get(AUTHORIZATION)));
    } catch (FailureException e) {
      return Optional.empty();
    }
  }
}
