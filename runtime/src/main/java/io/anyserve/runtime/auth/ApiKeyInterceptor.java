package io.anyserve.runtime.auth;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.contracts.key.KeyScope;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts the {@link Caller} into the context of every gRPC call, and turns away those without one and
 * those whose key does not open the method. Only the named services are open to everybody.
 * Thread-safe.
 */
public final class ApiKeyInterceptor implements ServerInterceptor {

  /** Health checks and reflection, which tell nothing about tenants. */
  public static final Set<String> OPEN_SERVICES =
      Set.of("grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection");

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final ApiKeys keys;
  private final Set<String> openServices;

  public ApiKeyInterceptor(ApiKeys keys, Set<String> openServices) {
    this.keys = keys;
    this.openServices = Set.copyOf(openServices);
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    @Nullable String service = call.getMethodDescriptor().getServiceName();
    if (service != null && openServices.contains(service)) {
      return next.startCall(call, headers);
    }
    try {
      Caller caller = keys.authenticate(headers.get(AUTHORIZATION));
      caller.require(scope(call.getMethodDescriptor().getFullMethodName()));
      return Contexts.interceptCall(caller.in(Context.current()), call, headers, next);
    } catch (FailureException e) {
      return refuse(call, GrpcStatuses.exception(e.failure(), Map.of()));
    }
  }

  private static KeyScope scope(String method) {
    return MethodScopes.of(method)
        .orElseThrow(
            () ->
                new FailureException(
                    FailureCode.PERMISSION_DENIED,
                    "method: " + method + " (expected: one that has a scope)"));
  }

  private static <Q, R> ServerCall.Listener<Q> refuse(
      ServerCall<Q, R> call, StatusRuntimeException status) {
    @Nullable Metadata trailers = status.getTrailers();
    call.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
    return new ServerCall.Listener<>() {};
  }
}
