package io.anyserve.ingress.access;

import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.runtime.auth.Caller;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Refuses gRPC callers that call too often. Open services are not counted. */
public final class CallLimitInterceptor implements ServerInterceptor {

  private final CallLimits limits;

  public CallLimitInterceptor(CallLimits limits) {
    this.limits = limits;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Optional<CallRate> over =
        Caller.find()
            .flatMap(caller -> limits.count(caller, address(call)))
            .filter(rate -> !rate.allowed());
    if (over.isEmpty()) {
      return next.startCall(call, headers);
    }
    StatusRuntimeException refusal = GrpcStatuses.exception(over.get().failure(), Map.of());
    @Nullable Metadata trailers = refusal.getTrailers();
    call.close(refusal.getStatus(), trailers == null ? new Metadata() : trailers);
    return new ServerCall.Listener<>() {};
  }

  static ClientAddress address(ServerCall<?, ?> call) {
    return ClientAddress.of(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
  }
}
