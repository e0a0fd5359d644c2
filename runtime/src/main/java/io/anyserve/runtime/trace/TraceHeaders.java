package io.anyserve.runtime.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.Metadata;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** W3C trace context ({@code traceparent}, {@code tracestate}) in gRPC metadata and in records. */
final class TraceHeaders {

  private static final TextMapPropagator W3C = W3CTraceContextPropagator.getInstance();

  private TraceHeaders() {}

  /** The context that is in there; the root where there is none, or none that is well-formed. */
  static Context in(Metadata metadata) {
    return W3C.extract(Context.root(), metadata, OF_METADATA);
  }

  /** As {@link #in(Metadata)}. */
  static Context in(Headers headers) {
    return W3C.extract(Context.root(), headers, OF_RECORD);
  }

  /** Puts a context in the place of the one that is in there. */
  static void put(Context context, Metadata metadata) {
    W3C.fields().forEach(name -> metadata.discardAll(key(name)));
    W3C.inject(context, null, (_, name, value) -> metadata.put(key(name), value));
  }

  /** As {@link #put(Context, Metadata)}. */
  static void put(Context context, Headers headers) {
    W3C.fields().forEach(headers::remove);
    W3C.inject(context, null, (_, name, value) -> headers.add(name, value.getBytes(UTF_8)));
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static final TextMapGetter<Metadata> OF_METADATA =
      new TextMapGetter<>() {
        @Override
        public @Nullable String get(@Nullable Metadata metadata, String name) {
          return metadata == null ? null : metadata.get(key(name));
        }
      };

  private static final TextMapGetter<Headers> OF_RECORD =
      new TextMapGetter<>() {
        @Override
        public @Nullable String get(@Nullable Headers headers, String name) {
          Header header = headers == null ? null : headers.lastHeader(name);
          return header == null || header.value() == null
              ? null
              : new String(header.value(), UTF_8);
        }
      };
}
