package io.anyserve.ingress.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload.Text;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.RoutingMetadata;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.ControlCommand.Cancel;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.ingress.response.AssignedPartitions;
import io.anyserve.ingress.response.RecordingSink;
import io.anyserve.ingress.response.ResponseLimits;
import io.anyserve.ingress.response.ResponseMetrics;
import io.anyserve.ingress.response.ResponseStream;
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.ingress.response.ResumeTokenCodec;
import io.anyserve.ingress.response.StreamHandle;
import io.anyserve.ingress.response.TestEffects;
import io.anyserve.runtime.trace.GenAiOperation;
import io.anyserve.runtime.trace.Tracing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
final class RequestPublisherTest {

  private static final Capability STORY = new Capability("story");
  private static final String TRACE = "00-" + "a".repeat(32) + "-" + "b".repeat(16) + "-01";

  private final AtomicBoolean live = new AtomicBoolean(true);
  private final MockProducer<byte[], byte[]> kafka =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final RequestPublisher log =
      new RequestPublisher(() -> kafka, TopicNames.withDefaultPrefix(), capability -> live.get());
  private final ResponseStreams streams =
      new ResponseStreams(
          ResponseLimits.DEFAULT,
          new ResponseMetrics(new SimpleMeterRegistry()),
          TestEffects.none(),
          new AssignedPartitions(),
          new ResumeTokenCodec(new byte[16]),
          () -> 0);
  private final RecordingSink sink = new RecordingSink();
  private final InferenceRequest request = request();

  @BeforeEach
  void start() {
    log.start();
  }

  @AfterEach
  void stop() {
    log.close();
  }

  @Test
  void workForALiveWorkerGoesStraightToIt() {
    ProducerRecord<byte[], byte[]> record =
        published(new TraceContext(Optional.of(TRACE), Optional.of("a=b")));
    assertEquals("anyserve.requests.story", record.topic());
    assertEquals("session-1", new String(record.key(), UTF_8));
    assertEquals(request, RequestCodec.decode(record.value()));
    assertEquals(
        "application/x-protobuf; messageType=anyserve.v1.InferenceRequest",
        header(record, "content-type"));
    assertEquals("60000", header(record, "deadline"));
    assertEquals(TRACE, header(record, "traceparent"));
    assertEquals("a=b", header(record, "tracestate"));
  }

  @Test
  void allElseGoesToTheRouter() {
    live.set(false);
    ProducerRecord<byte[], byte[]> record = published(TraceContext.NONE);
    assertEquals("anyserve.intake", record.topic());
    assertArrayEquals(request.id().bytes(), record.key());
    assertNull(record.headers().lastHeader("traceparent"));
  }

  @Test
  void aMalformedTraceIsDropped() {
    assertEquals(
        TraceContext.NONE, new TraceContext(Optional.of("nonsense\r\n"), Optional.of("a=b")));
  }

  @Test
  void theAcknowledgementAcceptsTheRequest() {
    published(TraceContext.NONE);
    assertEquals(List.of("opened"), sink.heard());
    kafka.completeNext();
    assertEquals(List.of("opened", "accepted"), sink.heard());
  }

  @Test
  void aFailedSendRefusesTheRequestAndCancelsItInCaseItArrived() {
    published(TraceContext.NONE);
    kafka.errorNext(new TimeoutException("no answer"));
    assertEquals(List.of("opened", "failed BROKER_UNAVAILABLE"), sink.heard());
    await().atMost(60, TimeUnit.SECONDS).until(() -> kafka.history().size() == 2);
    ProducerRecord<byte[], byte[]> command = kafka.history().get(1);
    assertEquals("anyserve.control", command.topic());
    assertEquals(
        new Cancel(request.id(), CancelReason.CLIENT_GONE),
        WorkerCodec.decodeCommand(command.value()));
  }

  @Test
  void aRecordThatKafkaDoesNotTakeIsTooLarge() {
    published(TraceContext.NONE);
    kafka.errorNext(new RecordTooLargeException("2 MiB"));
    assertEquals(List.of("opened", "failed TOO_LARGE"), sink.heard());
    assertEquals(1, kafka.history().size());
  }

  @Test
  void aSendThatThrowsRefusesTheRequest() {
    kafka.sendException = new KafkaException("closed");
    log.publish(request, TraceContext.NONE, open());
    await()
        .atMost(60, TimeUnit.SECONDS)
        .until(() -> sink.heard().contains("failed BROKER_UNAVAILABLE"));
  }

  @Test
  void aTraceThatFailsKeepsNobodyFromBeingTold() {
    SpanProcessor failing =
        new SpanProcessor() {
          @Override
          public void onStart(Context parent, ReadWriteSpan span) {}

          @Override
          public boolean isStartRequired() {
            return false;
          }

          @Override
          public void onEnd(ReadableSpan span) {
            throw new IllegalStateException("thrown on purpose by a test");
          }

          @Override
          public boolean isEndRequired() {
            return true;
          }
        };
    var provider = SdkTracerProvider.builder().addSpanProcessor(failing).build();
    var traced =
        new RequestPublisher(
            () -> kafka, TopicNames.withDefaultPrefix(), capability -> true, Tracing.of(provider));
    traced.start();
    traced.publish(request, TraceContext.NONE, open());
    await().atMost(60, TimeUnit.SECONDS).until(() -> kafka.history().size() == 1);
    assertThrows(IllegalStateException.class, () -> kafka.errorNext(new TimeoutException("late")));
    assertEquals(List.of("opened", "failed BROKER_UNAVAILABLE"), sink.heard());
    traced.close();
  }

  @Test
  void beforeTheStartAndAfterTheEndEverythingIsRefused() {
    log.close();
    log.publish(request, TraceContext.NONE, open());
    assertEquals(List.of("opened", "failed BROKER_UNAVAILABLE"), sink.heard());
  }

  @Test
  void aRequestThatNobodyWaitsForIsNotPublished() {
    ResponseStream stream = open();
    stream.onDisconnect(CancelReason.CLIENT_GONE);
    log.publish(request, TraceContext.NONE, stream);
    assertEquals(0, kafka.history().size());
  }

  @Test
  void cancellingTellsHowItWent() {
    List<Optional<FailureCode>> told = new CopyOnWriteArrayList<>();
    log.cancel(
        request.id(), CancelReason.EXPLICIT, failure -> told.add(failure.map(Failure::code)));
    await().atMost(60, TimeUnit.SECONDS).until(() -> kafka.history().size() == 1);
    kafka.completeNext();
    log.cancel(
        request.id(), CancelReason.EXPLICIT, failure -> told.add(failure.map(Failure::code)));
    await().atMost(60, TimeUnit.SECONDS).until(() -> kafka.history().size() == 2);
    kafka.errorNext(new TimeoutException("no answer"));
    assertEquals(List.of(Optional.empty(), Optional.of(FailureCode.BROKER_UNAVAILABLE)), told);
  }

  private ProducerRecord<byte[], byte[]> published(TraceContext trace) {
    log.publish(request, trace, open());
    await().atMost(60, TimeUnit.SECONDS).until(() -> kafka.history().size() == 1);
    return kafka.history().getFirst();
  }

  private ResponseStream open() {
    var handle =
        new StreamHandle(
            request.id(), request.context().session(), request.routing().reply(), "token");
    return streams.open(
        handle,
        request.context().tenant(),
        Duration.ofMinutes(1),
        GenAiOperation.TEXT_COMPLETION,
        Optional.empty(),
        sink);
  }

  private static String header(ProducerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "none" : new String(header.value(), UTF_8);
  }

  private static InferenceRequest request() {
    return new InferenceRequest(
        new RequestId(1, 2),
        new RequestContext(
            new TenantId("acme"),
            new SessionId("session-1"),
            "",
            STORY,
            Map.of(),
            Instant.ofEpochMilli(1),
            false),
        new Text("Once"),
        GenerationParameters.greedy(3),
        RoutingMetadata.interactive(new ReplyTo(0, 0), Instant.ofEpochMilli(60_000)));
  }
}
