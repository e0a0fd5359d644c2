package io.anyserve.worker.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.runtime.trace.Tracing;
import io.anyserve.worker.TestRequests;
import io.anyserve.worker.publish.ExecutionListener;
import io.anyserve.worker.schedule.SchedulerMetrics;
import io.anyserve.worker.schedule.WorkerIdentity;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

final class TelemetryConfigTest {

  private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  private static final WorkerIdentity IDENTITY =
      new WorkerIdentity(new WorkerId("w"), TestRequests.CAPABILITY, "small");

  private final InferenceRequest request = TestRequests.interactive(1, "a secret prompt", 5);
  private final ConsumerRecord<byte[], byte[]> record =
      new ConsumerRecord<>("requests.words", 2, 9, new byte[0], new byte[0]);
  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final Tracing tracing =
      Tracing.of(
          SdkTracerProvider.builder()
              .addSpanProcessor(SimpleSpanProcessor.create(exporter))
              .build());

  @Test
  void usuallyNobodyLooksOn() {
    var registry = new SimpleMeterRegistry();
    ExecutionListener.Source source =
        TelemetryConfig.USUAL.source(registry, IDENTITY, batch(registry));

    assertSame(ExecutionListener.NONE, source.taken(record, request, 1));
  }

  @Test
  void aRunIsTwoSpansOfItsSendersTrace() {
    record.headers().add("traceparent", PARENT.getBytes(UTF_8));
    ExecutionListener watch = traced();
    watch.started(started());
    watch.firstChunk();
    watch.ended(finished());
    watch.over(true);
    watch.over(true);

    List<SpanData> spans = exporter.getFinishedSpanItems();
    assertEquals(
        List.of("text_completion small", "process requests.words"),
        spans.stream().map(SpanData::getName).toList());
    assertEquals("b7ad6b7169203331", spans.getLast().getParentSpanId());
    assertEquals(spans.getLast().getSpanId(), spans.getFirst().getParentSpanId());
    assertEquals(
        4L,
        spans.getFirst().getAttributes().get(AttributeKey.longKey("gen_ai.usage.output_tokens")));
    assertEquals(
        List.of("stop"),
        spans
            .getFirst()
            .getAttributes()
            .get(AttributeKey.stringArrayKey("gen_ai.response.finish_reasons")));
    assertFalse(spans.toString().contains("secret"));
  }

  @Test
  void aRunThatIsGivenBackIsNoSuccess() {
    ExecutionListener watch = traced();
    watch.started(started());
    watch.over(false);

    assertEquals(2, exporter.getFinishedSpanItems().size());
    assertEquals(
        "ERROR", exporter.getFinishedSpanItems().getLast().getStatus().getStatusCode().name());
  }

  @Test
  void vllmNamesCountTheSame() {
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    SchedulerMetrics batch = batch(registry);
    ExecutionListener.Source source =
        new TelemetryConfig(Tracing.OFF, true).source(registry, IDENTITY, batch);
    ExecutionListener done = source.taken(record, request, 1);
    ExecutionListener runs = source.taken(record, request, 1);
    ExecutionListener waits = source.taken(record, request, 1);
    ExecutionListener failed = source.taken(record, request, 1);
    batch.tokens().increment(4);
    done.started(started());
    done.firstChunk();
    done.ended(finished());
    done.over(true);
    runs.started(started());
    failed.started(started());
    failed.ended(
        new Failed(
            new Failure(FailureCode.ENGINE_FAILED, "broke"), TokenUsage.NONE, Optional.empty()));
    failed.over(true);

    String scrape = registry.scrape();
    has(scrape, "vllm:num_requests_running{engine=\"words\",model_name=\"small\"} 1.0");
    has(scrape, "vllm:num_requests_waiting{engine=\"words\",model_name=\"small\"} 1.0");
    has(scrape, "vllm:prompt_tokens_total{engine=\"words\",model_name=\"small\"} 9.0");
    has(scrape, "vllm:generation_tokens_total{engine=\"words\",model_name=\"small\"} 4.0");
    has(scrape, "vllm:kv_cache_usage_perc{engine=\"words\",model_name=\"small\"} 0.0");
    has(scrape, "vllm:num_preemptions_total{engine=\"words\",model_name=\"small\"} 0.0");
    has(scrape, "vllm:prefix_cache_hits_total{engine=\"words\",model_name=\"small\"} 0.0");
    has(scrape, "vllm:request_prefill_time_seconds_count{engine=\"words\",model_name=\"small\"} 1");
    has(scrape, "vllm:request_decode_time_seconds_count{engine=\"words\",model_name=\"small\"} 1");
    has(scrape, success("stop") + " 1.0");
    has(scrape, success("error") + " 1.0");
    has(scrape, success("abort") + " 0.0");
    has(scrape, "vllm:time_to_first_token_seconds_count{engine=\"words\",model_name=\"small\"} 1");
    has(scrape, "vllm:e2e_request_latency_seconds_count{engine=\"words\",model_name=\"small\"} 2");
    has(scrape, "vllm:request_queue_time_seconds_count{engine=\"words\",model_name=\"small\"} 3");
    waits.over(false);
    runs.over(false);
    runs.over(false);
    has(registry.scrape(), "vllm:num_requests_running{engine=\"words\",model_name=\"small\"} 0.0");
    has(registry.scrape(), "vllm:num_requests_waiting{engine=\"words\",model_name=\"small\"} 0.0");
  }

  private static String success(String reason) {
    return "vllm:request_success_total{engine=\"words\",finished_reason=\"%s\",model_name=\"small\"}"
        .formatted(reason);
  }

  private static void has(String scrape, String line) {
    assertTrue(scrape.contains(line), () -> line + " in\n" + scrape);
  }

  private ExecutionListener traced() {
    var registry = new SimpleMeterRegistry();
    return new TelemetryConfig(tracing, false)
        .source(registry, IDENTITY, batch(registry))
        .taken(record, request, 1);
  }

  private static SchedulerMetrics batch(MeterRegistry registry) {
    return SchedulerMetrics.of(registry, TestRequests.CAPABILITY);
  }

  private Started started() {
    return new Started(
        request.context(),
        IDENTITY.worker(),
        IDENTITY.capability(),
        IDENTITY.model(),
        3,
        0,
        false,
        Optional.empty());
  }

  private static Finished finished() {
    return new Finished(
        FinishReason.STOP, new TokenUsage(3, 4, 0), Optional.empty(), Duration.ZERO);
  }
}
