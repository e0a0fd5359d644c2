package io.anyserve.metering.query.codec;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.metering.query.UsageCaller;
import io.anyserve.runtime.auth.Caller;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts the {@link UsageCaller} into the context of a gRPC call, behind the check of keys. */
public final class UsageCallerInterceptor implements ServerInterceptor {

  public static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  /**
   * On questions that another instance passes on, so that none travels further. Whoever else sends
   * it learns only what this instance holds of what they may see.
   */
  public static final Metadata.Key<String> FORWARDED =
      Metadata.Key.of("anyserve-forwarded", Metadata.ASCII_STRING_MARSHALLER);

  private static final Context.Key<UsageCaller> ASKER = Context.key("anyserve.asker");

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    UsageCaller asker =
        new UsageCaller(
            Caller.current(),
            Optional.ofNullable(headers.get(AUTHORIZATION)),
            headers.containsKey(FORWARDED));
    return Contexts.interceptCall(Context.current().withValue(ASKER, asker), call, headers, next);
  }

  /** Of the call that this thread works for. */
  public static UsageCaller current() {
    @Nullable UsageCaller asker = ASKER.get();
    if (asker == null) {
      throw new FailureException(FailureCode.UNAUTHENTICATED, "caller: unknown");
    }
    return asker;
  }
}
