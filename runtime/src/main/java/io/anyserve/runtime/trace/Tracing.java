package io.anyserve.runtime.trace;

import io.anyserve.runtime.Component;
import io.grpc.Metadata;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Begins this process's spans and takes their contexts over gRPC and Kafka, in W3C form. What is
 * asked and answered is never in a span. Off, it does nothing at all; whoever has a per-call cost
 * asks {@link #on} first. Thread-safe.
 */
public final class Tracing implements Component {

  /** Does nothing. */
  public static final Tracing OFF = new Tracing(TracerProvider.noop(), false, () -> {});

  private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
  private static final AttributeKey<String> OPERATION =
      AttributeKey.stringKey("messaging.operation.type");
  private static final AttributeKey<String> DESTINATION =
      AttributeKey.stringKey("messaging.destination.name");
  private static final AttributeKey<String> PARTITION =
      AttributeKey.stringKey("messaging.destination.partition.id");
  private static final AttributeKey<Long> OFFSET = AttributeKey.longKey("messaging.kafka.offset");
  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("service.name");
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final Tracer tracer;
  private final boolean on;
  private final Runnable shutdown;

  private Tracing(TracerProvider provider, boolean on, Runnable shutdown) {
    this.tracer = provider.get("io.anyserve");
    this.on = on;
    this.shutdown = shutdown;
  }

  /** Sends spans by OTLP over HTTP where the settings name an endpoint, else {@link #OFF}. */
  public static Tracing of(TracingConfig settings) {
    return settings.endpoint().map(endpoint -> exporting(endpoint, settings)).orElse(OFF);
  }

  private static Tracing exporting(URI endpoint, TracingConfig settings) {
    String base = endpoint.toString().replaceAll("/+$", "");
    OtlpHttpSpanExporter exporter =
        OtlpHttpSpanExporter.builder().setEndpoint(base + "/v1/traces").setTimeout(TIMEOUT).build();
    return of(
        SdkTracerProvider.builder()
            .setResource(
                Resource.getDefault()
                    .merge(Resource.create(Attributes.of(SERVICE, settings.service()))))
            .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(settings.ratio())))
            .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
            .build());
  }

  /** Over a provider that is this tracing's to shut down. */
  public static Tracing of(SdkTracerProvider provider) {
    return new Tracing(
        provider, true, () -> provider.shutdown().join(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
  }

  /** Spans go somewhere. */
  public boolean on() {
    return on;
  }

  /** A call comes in; who handles it finds the span's context in its metadata from now on. */
  public Span serving(String method, Metadata metadata) {
    int slash = method.lastIndexOf('/');
    Span span =
        tracer
            .spanBuilder(method)
            .setParent(TraceHeaders.in(metadata))
            .setSpanKind(SpanKind.SERVER)
            .setAttribute("rpc.system", "grpc")
            .setAttribute("rpc.service", method.substring(0, Math.max(0, slash)))
            .setAttribute("rpc.method", method.substring(slash + 1))
            .startSpan();
    TraceHeaders.put(Context.root().with(span), metadata);
    return span;
  }

  /**
   * A record is about to be sent; who reads it finds the span's context in its headers.
   *
   * @return to be told what went wrong, if anything, when the log has answered
   */
  public Consumer<@Nullable Exception> sending(ProducerRecord<?, ?> record) {
    if (!on) {
      return _ -> {};
    }
    Span span =
        tracer
            .spanBuilder("send " + record.topic())
            .setParent(TraceHeaders.in(record.headers()))
            .setSpanKind(SpanKind.PRODUCER)
            .setAttribute(SYSTEM, "kafka")
            .setAttribute(OPERATION, "send")
            .setAttribute(DESTINATION, record.topic())
            .startSpan();
    TraceHeaders.put(Context.root().with(span), record.headers());
    return failure -> end(span, failure);
  }

  /** A record is being worked on: a part of its sender's trace, and linked to the sending. */
  public Span processing(String topic, int partition, long offset, Headers headers) {
    Context sender = TraceHeaders.in(headers);
    return tracer
        .spanBuilder("process " + topic)
        .setParent(sender)
        .addLink(Span.fromContext(sender).getSpanContext())
        .setSpanKind(SpanKind.CONSUMER)
        .setAttribute(SYSTEM, "kafka")
        .setAttribute(OPERATION, "process")
        .setAttribute(DESTINATION, topic)
        .setAttribute(PARTITION, Integer.toString(partition))
        .setAttribute(OFFSET, offset)
        .startSpan();
  }

  /** A model works, within another span. */
  public Span inferring(Span within, GenAiOperation operation, String model) {
    return tracer
        .spanBuilder(operation.value() + " " + model)
        .setParent(Context.root().with(within))
        .setSpanKind(SpanKind.INTERNAL)
        .setAttribute("gen_ai.operation.name", operation.value())
        .setAttribute("gen_ai.provider.name", GenAiOperation.PROVIDER)
        .setAttribute("gen_ai.request.model", model)
        .startSpan();
  }

  private static void end(Span span, @Nullable Exception failure) {
    if (failure != null) {
      span.setStatus(StatusCode.ERROR, String.valueOf(failure.getMessage()));
      span.setAttribute("error.type", failure.getClass().getName());
    }
    span.end();
  }

  @Override
  public void start() {}

  /** Sends what is left, for a few seconds at most. */
  @Override
  public void close() {
    shutdown.run();
  }
}
