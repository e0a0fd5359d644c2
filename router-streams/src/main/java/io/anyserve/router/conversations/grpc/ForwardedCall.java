package io.anyserve.router.conversations.grpc;

import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.stub.MetadataUtils;

/** Marks calls that a router passes on to another one, which does not pass them on again. */
final class ForwardedCall implements ServerInterceptor {

  private static final Metadata.Key<String> FORWARDED =
      Metadata.Key.of("anyserve-forwarded", Metadata.ASCII_STRING_MARSHALLER);
  private static final Context.Key<Boolean> CURRENT =
      Context.keyWithDefault("anyserve.forwarded", false);

  /** Whether the call that this thread works for comes from another router. */
  static boolean current() {
    return CURRENT.get();
  }

  /** Marks calls to another router. */
  static ClientInterceptor marking() {
    Metadata headers = new Metadata();
    headers.put(FORWARDED, "1");
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    Context context = Context.current().withValue(CURRENT, headers.containsKey(FORWARDED));
    return Contexts.interceptCall(context, call, headers, next);
  }
}
