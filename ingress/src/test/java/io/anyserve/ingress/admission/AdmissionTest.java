package io.anyserve.ingress.admission;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.ingress.kafka.RequestPublisher;
import io.anyserve.ingress.kafka.TraceContext;
import io.anyserve.ingress.response.AssignedPartitions;
import io.anyserve.ingress.response.RecordingSink;
import io.anyserve.ingress.response.ResponseLimits;
import io.anyserve.ingress.response.ResponseMetrics;
import io.anyserve.ingress.response.ResponseStream;
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.ingress.response.ResumeTokenCodec;
import io.anyserve.ingress.response.StreamCallbacks;
import io.anyserve.objects.BlobStore;
import io.anyserve.objects.ObjectStore;
import io.anyserve.runtime.auth.Caller;
import io.anyserve.v1.Inference;
import io.anyserve.v1.Payload;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A caller whose request was let in is told an end, whatever is thrown on whichever thread. */
@Timeout(180)
final class AdmissionTest {

  private static final Inference MESSAGE =
      Inference.newBuilder()
          .setCapability("story")
          .setInput(Payload.newBuilder().setText("Once"))
          .build();

  private final MockProducer<byte[], byte[]> kafka =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final List<ResponseStream> replays = new ArrayList<>();
  private final AssignedPartitions partitions = new AssignedPartitions();
  private final ResponseStreams streams =
      new ResponseStreams(
          ResponseLimits.DEFAULT,
          new ResponseMetrics(new SimpleMeterRegistry()),
          new StreamCallbacks((request, reason) -> {}, request -> {}, replays::add),
          partitions,
          new ResumeTokenCodec(new byte[16]),
          () -> 0);
  private final RecordingSink sink = new RecordingSink();
  private volatile boolean broken;
  private @Nullable RequestPublisher log;

  @BeforeEach
  void listen() {
    partitions.begin(List.of(new ReplyTo(0, 0)));
  }

  @AfterEach
  void stop() {
    if (log != null) {
      log.close();
    }
  }

  /** The request of the key ended before it began, and the thread that submits it again fails. */
  @Test
  void aFaultWhileAKeyIsSubmittedAgainIsTold() {
    admission(InputOffloader.inlineOnly(), AdmissionPolicy.OPEN, _ -> true)
        .admit(MESSAGE, origin(Optional.of("key")), sink);
    await().atMost(60, TimeUnit.SECONDS).until(() -> kafka.history().size() == 1);
    InferenceRequest request = RequestCodec.decode(kafka.history().getFirst().value());
    var idempotency = request.idempotency().orElseThrow();
    var first =
        new TokenEvent.DuplicateSubmission(
            new ReplyTo(0, 0), idempotency.digest(), request.context());
    live(0, TokenRecord.duplicate(request.id(), idempotency.nonce(), first));
    broken = true;
    var unbegun =
        new Cancelled(CancelReason.DEADLINE, TokenUsage.NONE, Optional.of(request.context()));
    replays.getFirst().replay(1, 0, TokenRecord.unassigned(request.id(), unbegun));

    assertTold();
  }

  private void live(long offset, TokenRecord record) {
    partitions.reached(0, offset + 1);
    streams.receive(0, offset, 0, record.request().bytes(), TokenCodec.encode(record));
  }

  /** On the thread of the quotas, which serves everybody. */
  @Test
  void aFaultAfterTheGateLetItPassIsTold() {
    List<AdmissionPolicy.Callbacks> visitors = new ArrayList<>();
    List<InferenceRequest> requests = new ArrayList<>();
    AdmissionPolicy later =
        (request, callbacks) -> {
          requests.add(request);
          visitors.add(callbacks);
        };
    admission(InputOffloader.inlineOnly(), later, AdmissionTest::fails)
        .admit(MESSAGE, origin(Optional.empty()), sink);
    visitors.getFirst().passed().accept(requests.getFirst());

    assertTold();
  }

  @Test
  void aFaultOfTheGateIsTold() {
    AdmissionPolicy fails =
        (request, callbacks) -> {
          throw new IllegalStateException("thrown on purpose by a test");
        };
    admission(InputOffloader.inlineOnly(), fails, _ -> true)
        .admit(MESSAGE, origin(Optional.empty()), sink);

    assertTold();
  }

  /** On the virtual thread that waits for the object store. */
  @Test
  void anErrorWhileThePayloadIsStoredIsTold() {
    var bucket =
        (BlobStore)
            Proxy.newProxyInstance(
                BlobStore.class.getClassLoader(),
                new Class<?>[] {BlobStore.class},
                (proxy, method, arguments) -> {
                  throw new LinkageError("thrown on purpose by a test");
                });
    var store = new ObjectStore(bucket, 1 << 20, Duration.ofDays(1), InstantSource.system());
    admission(InputOffloader.stored(store, 1), AdmissionPolicy.OPEN, _ -> true)
        .admit(MESSAGE, origin(Optional.empty()), sink);

    assertTold();
  }

  private void assertTold() {
    await().atMost(60, TimeUnit.SECONDS).until(() -> sink.heard().contains("failed INTERNAL"));
    assertEquals("failed INTERNAL", sink.heard().getLast());
    assertEquals(0, streams.size());
  }

  private Admission admission(
      InputOffloader payloads, AdmissionPolicy gate, Predicate<Capability> live) {
    var requests = new RequestPublisher(() -> kafka, TopicNames.withDefaultPrefix(), live);
    requests.start();
    log = requests;
    return new Admission(
        new RequestValidator(10_000),
        new RequestStamper(this::now, new Random(1), RequestStamper.DeadlinePolicy.DEFAULT),
        payloads,
        streams,
        requests,
        gate);
  }

  private Instant now() {
    if (broken) {
      throw new IllegalStateException("thrown on purpose by a test");
    }
    return Instant.ofEpochMilli(1);
  }

  private static boolean fails(Capability capability) {
    throw new IllegalStateException("thrown on purpose by a test: " + capability);
  }

  private static Admission.CallContext origin(Optional<String> key) {
    return new Admission.CallContext(
        Caller.ANONYMOUS,
        Optional.empty(),
        TraceContext.NONE,
        key.map(IdempotencyKey::of),
        _ -> {});
  }
}
