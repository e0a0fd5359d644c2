package io.anyserve.runtime.trace;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Metadata;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TracingTest {

  private static final String CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  private static final Metadata.Key<String> PARENT =
      Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final Tracing tracing =
      Tracing.of(
          SdkTracerProvider.builder()
              .addSpanProcessor(SimpleSpanProcessor.create(exporter))
              .build());

  @AfterEach
  void close() {
    tracing.close();
  }

  @Test
  void oneTraceFromTheCallThroughTheRecordToTheModel() {
    Metadata metadata = new Metadata();
    metadata.put(PARENT, CALLER);
    Span call = tracing.serving("anyserve.v1.InferenceService/InferStream", metadata);
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>("requests.story", new byte[0]);
    record.headers().add("traceparent", String.valueOf(metadata.get(PARENT)).getBytes(UTF_8));
    tracing.sending(record).accept(null);
    Span work = tracing.processing("requests.story", 3, 17, record.headers());
    tracing.inferring(work, GenAiOperation.CHAT, "words").end();
    work.end();
    call.end();

    SpanData served = span("anyserve.v1.InferenceService/InferStream");
    SpanData sent = span("send requests.story");
    SpanData processed = span("process requests.story");
    SpanData inferred = span("chat words");
    assertEquals("0af7651916cd43dd8448eb211c80319c", served.getTraceId());
    assertEquals("b7ad6b7169203331", served.getParentSpanId());
    assertEquals(served.getSpanId(), sent.getParentSpanId());
    assertEquals(sent.getSpanId(), processed.getParentSpanId());
    assertEquals(sent.getSpanId(), processed.getLinks().getFirst().getSpanContext().getSpanId());
    assertEquals(processed.getSpanId(), inferred.getParentSpanId());
    assertEquals(SpanKind.SERVER, served.getKind());
    assertEquals(SpanKind.PRODUCER, sent.getKind());
    assertEquals(SpanKind.CONSUMER, processed.getKind());
  }

  @Test
  void aSendThatFailsIsAnError() {
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>("intake", new byte[0]);

    tracing.sending(record).accept(new IOException("no broker"));

    SpanData sent = span("send intake");
    assertEquals(StatusCode.ERROR, sent.getStatus().getStatusCode());
    assertEquals("no broker", sent.getStatus().getDescription());
  }

  @Test
  void offItTouchesNoHeader() {
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>("intake", new byte[0]);
    record.headers().add("traceparent", CALLER.getBytes(UTF_8));

    Tracing.OFF.sending(record).accept(null);

    assertFalse(Tracing.OFF.on());
    assertEquals(CALLER, new String(record.headers().lastHeader("traceparent").value(), UTF_8));
  }

  @Test
  void callersThatDoNotSampleAreNotSampledHere() {
    Metadata metadata = new Metadata();
    metadata.put(PARENT, CALLER.replaceAll("01$", "00"));

    tracing.serving("a/B", metadata).end();

    assertTrue(exporter.getFinishedSpanItems().isEmpty());
    assertTrue(String.valueOf(metadata.get(PARENT)).endsWith("-00"));
  }

  private SpanData span(String name) {
    return exporter.getFinishedSpanItems().stream()
        .filter(span -> span.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
