package io.anyserve.ingress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.ControlCommand.Cancel;
import io.anyserve.ingress.quota.QuotaConfig;
import io.anyserve.quota.LimitStatus;
import io.anyserve.quota.Period;
import io.anyserve.quota.QuotaAmounts;
import io.anyserve.quota.QuotaCodec;
import io.anyserve.quota.QuotaEvent;
import io.anyserve.quota.QuotaEvent.PolicyChanged;
import io.anyserve.quota.QuotaEvent.Settle;
import io.anyserve.quota.QuotaLimit;
import io.anyserve.quota.QuotaPolicy;
import io.anyserve.quota.QuotaScope;
import io.anyserve.quota.QuotaUnit;
import io.anyserve.runtime.auth.ApiKey;
import io.anyserve.v1.InferRequest;
import io.anyserve.v1.InferResponse;
import io.anyserve.v1.Inference;
import io.anyserve.v1.InferenceServiceGrpc.InferenceServiceBlockingStub;
import io.anyserve.v1.ObjectRef;
import io.anyserve.v1.Payload;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class QuotaIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Metadata.Key<String> AUTHORIZATION = header("authorization");
  private static final Metadata.Key<String> LIMIT = header("anyserve-quota-limit");
  private static final Metadata.Key<String> REMAINING = header("anyserve-quota-remaining");
  private static final Metadata.Key<String> RESET = header("anyserve-quota-reset");
  private static final List<String> TENANTS =
      List.of("one", "free", "left", "zero", "gives-back", "cut", "small");
  private static final long TOKENS = 100_000;

  private IngressTestLog log;
  private TestWorker worker;
  private Ingress first;
  private Ingress second;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    log = IngressTestLog.start(directory);
    worker = TestWorker.start(log.kafka(), IngressTestLog.STORY, TestWorker::tellStory);
    first = ingress("first");
    second = ingress("second");
  }

  private Ingress ingress(String name) throws Exception {
    List<ApiKey> keys = new ArrayList<>();
    for (String tenant : TENANTS) {
      keys.add(new ApiKey(tenant, sha256(secret(tenant)), new TenantId(tenant)));
    }
    var settings =
        new IngressConfig(
            new ListenConfig("127.0.0.1", 0, Duration.ofSeconds(1)),
            IngressConfig.Limits.DEFAULT,
            new AccessConfig(keys, Optional.empty()),
            new IngressConfig.Log(log.kafka(), IngressTestLog.TOPICS, name, 1),
            Optional.empty(),
            Optional.empty(),
            new QuotaConfig(2, false, Duration.ofMillis(200)));
    Ingress ingress = new Ingress(settings, IngressEnvironment.of(new SimpleMeterRegistry()));
    ingress.start();
    await().atMost(PATIENCE).until(() -> ingress.notReadyReasons().isEmpty());
    return ingress;
  }

  @AfterAll
  void stop() throws Exception {
    first.close();
    second.close();
    worker.close();
    log.close();
  }

  @Test
  void ofTwoHundredRequestsOnAQuotaOfOneExactlyOneRunsAndARestartChangesNothing() throws Exception {
    limit("one", QuotaUnit.REQUESTS, 1);
    List<StatusRuntimeException> refused = new ArrayList<>();
    int ran = 0;
    try (var one = new TestClient(first.address());
        var other = new TestClient(second.address());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<InferResponse>> calls = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        var stub = as("one", i % 2 == 0 ? one : other);
        calls.add(threads.submit(() -> stub.infer(request(TestClient.prompt("Once", 2)))));
      }
      for (Future<InferResponse> call : calls) {
        try {
          call.get();
          ran++;
        } catch (ExecutionException e) {
          refused.add(assertInstanceOf(StatusRuntimeException.class, e.getCause()));
        }
      }
    }
    assertEquals(1, ran);
    assertEquals(199, refused.size());
    refused.forEach(
        thrown ->
            assertEquals(
                FailureCode.QUOTA_EXHAUSTED, GrpcStatuses.read(thrown).orElseThrow().code()));
    assertEquals(1, published("one").size());
    first.close();
    first = ingress("first");
    try (var again = new TestClient(first.address())) {
      refusal("one", again, TestClient.prompt("Once", 2).build());
    }
    LimitStatus state = first.quotas(new TenantId("one")).limits().getFirst();
    assertEquals(1, state.used() + state.reserved());
  }

  @Test
  void aTenantWithoutPolicyHasNoExtraRecordAndNoHeader() {
    try (var client = new TestClient(first.address())) {
      var headers = new AtomicReference<Metadata>();
      var trailers = new AtomicReference<Metadata>();
      as("free", client)
          .withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, trailers))
          .infer(request(TestClient.prompt("Once", 2)));
      assertNull(headers.get().get(REMAINING));
      assertNull(trailers.get().get(REMAINING));
      InferenceRequest sent = published("free").getFirst();
      assertEquals(OptionalLong.empty(), sent.tokenBudget());
      assertFalse(sent.context().reserved());
    }
  }

  @Test
  void headersAndTrailersSayWhatIsLeft() throws Exception {
    limit("left", QuotaUnit.TOKENS, TOKENS);
    try (var client = new TestClient(first.address())) {
      var headers = new AtomicReference<Metadata>();
      var trailers = new AtomicReference<Metadata>();
      as("left", client)
          .withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, trailers))
          .infer(request(TestClient.prompt("0123456789", 20)));
      assertEquals("100000 tokens per day; scope=left", headers.get().get(LIMIT));
      assertEquals("99975", headers.get().get(REMAINING));
      assertEquals("99975", trailers.get().get(REMAINING));
      assertNotNull(headers.get().get(RESET));
      InferenceRequest sent = published("left").getFirst();
      assertEquals(OptionalLong.of(25), sent.tokenBudget());
      assertTrue(sent.context().reserved());
      write(new Settle(new TenantId("left"), sent.id(), new QuotaAmounts(7, 1, 0)));
      awaitLeft("left", TOKENS - 7);
    }
  }

  @Test
  void aZeroQuotaSaysWhatIsMissing() throws Exception {
    limit("zero", QuotaUnit.TOKENS, 0);
    try (var client = new TestClient(second.address())) {
      StatusRuntimeException thrown = refusal("zero", client, TestClient.prompt("Once", 2).build());
      var status = Objects.requireNonNull(StatusProto.fromThrowable(thrown));
      var info = GrpcStatuses.detail(status, ErrorInfo.class).orElseThrow();
      assertEquals("zero", info.getMetadataOrThrow("scope"));
      assertEquals("tokens", info.getMetadataOrThrow("measure"));
      assertEquals("0", info.getMetadataOrThrow("limit"));
      assertEquals("0", info.getMetadataOrThrow("left"));
      assertTrue(info.containsMetadata("resets_at"));
      assertTrue(thrown.toString().contains("0 tokens per day, 0 left"), thrown.toString());
      assertEquals(Optional.empty(), GrpcStatuses.detail(status, RetryInfo.class));
      assertEquals(List.of(), published("zero"));
    }
  }

  @Test
  void aRefusalThatTimeCuresSaysWhen() throws Exception {
    limit("small", QuotaUnit.TOKENS, 30);
    try (var client = new TestClient(second.address())) {
      as("small", client).infer(request(TestClient.prompt("0123456789", 60)));
      assertEquals(OptionalLong.of(30), published("small").getFirst().tokenBudget());
      StatusRuntimeException thrown =
          refusal("small", client, TestClient.prompt("0123456789", 2).build());
      var retry =
          GrpcStatuses.detail(
                  Objects.requireNonNull(StatusProto.fromThrowable(thrown)), RetryInfo.class)
              .orElseThrow();
      assertTrue(retry.getRetryDelay().getSeconds() <= Duration.ofDays(1).toSeconds());
    }
  }

  @Test
  void whatIsNotPublishedIsGivenBack() throws Exception {
    limit("gives-back", QuotaUnit.REQUESTS, 1);
    var missing =
        TestClient.prompt("", 2)
            .setInput(
                Payload.newBuilder()
                    .setObject(
                        ObjectRef.newBuilder()
                            .setBucket("b")
                            .setKey("k")
                            .setSize(10)
                            .setSha256(ByteString.copyFrom(new byte[32]))))
            .build();
    try (var client = new TestClient(first.address())) {
      for (int i = 0; i < 3; i++) {
        var stub = as("gives-back", client);
        StatusRuntimeException thrown =
            assertThrows(
                StatusRuntimeException.class,
                () -> stub.infer(InferRequest.newBuilder().setInference(missing).build()));
        assertEquals(FailureCode.OBJECT_NOT_FOUND, GrpcStatuses.read(thrown).orElseThrow().code());
        awaitLeft("gives-back", 1);
      }
      assertEquals(List.of(), published("gives-back"));
      as("gives-back", client).infer(request(TestClient.prompt("Once", 2)));
    }
  }

  @Test
  void aPolicyThatLeavesNothingStopsWhatRuns() throws Exception {
    limit("cut", QuotaUnit.TOKENS, TOKENS);
    try (var client = new TestClient(first.address());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var stub = as("cut", client);
      var _ = threads.submit(() -> stub.infer(request(TestClient.prompt(TestWorker.SILENT, 50))));
      await().atMost(PATIENCE).until(() -> !published("cut").isEmpty());
      RequestId running = published("cut").getFirst().id();
      limit("cut", QuotaUnit.TOKENS, 10);
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  log.all(IngressTestLog.TOPICS.control()).stream()
                      .map(record -> WorkerCodec.decodeCommand(record.value()))
                      .anyMatch(new Cancel(running, CancelReason.QUOTA)::equals));
      threads.shutdownNow();
    }
  }

  private void limit(String tenant, QuotaUnit measure, long amount) throws Exception {
    var limit = new QuotaLimit(measure, Period.DAY, amount);
    write(
        new PolicyChanged(
            new QuotaPolicy(new QuotaScope.OfTenant(new TenantId(tenant)), List.of(limit))));
    for (Ingress ingress : List.of(first, second)) {
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  ingress.quotas(new TenantId(tenant)).policies().stream()
                      .anyMatch(policy -> policy.limits().contains(limit)));
    }
  }

  private void write(QuotaEvent event) throws Exception {
    log.append(
        new ProducerRecord<>(
            IngressTestLog.TOPICS.quotas(),
            QuotaCodec.key(event.tenant()),
            QuotaCodec.encode(event)));
  }

  private void awaitLeft(String tenant, long left) {
    await()
        .atMost(PATIENCE)
        .until(() -> first.quotas(new TenantId(tenant)).limits().getFirst().left() == left);
  }

  private List<InferenceRequest> published(String tenant) {
    return log
        .all(IngressTestLog.TOPICS.requests(IngressTestLog.STORY, Priority.INTERACTIVE))
        .stream()
        .map(record -> RequestCodec.decode(record.value()))
        .filter(request -> request.context().tenant().value().equals(tenant))
        .toList();
  }

  private StatusRuntimeException refusal(String tenant, TestClient client, Inference inference) {
    var stub = as(tenant, client);
    StatusRuntimeException thrown =
        assertThrows(
            StatusRuntimeException.class,
            () -> stub.infer(InferRequest.newBuilder().setInference(inference).build()));
    assertEquals(FailureCode.QUOTA_EXHAUSTED, GrpcStatuses.read(thrown).orElseThrow().code());
    return thrown;
  }

  private static InferRequest request(Inference.Builder inference) {
    return InferRequest.newBuilder().setInference(inference).build();
  }

  private static InferenceServiceBlockingStub as(String tenant, TestClient client) {
    var metadata = new Metadata();
    metadata.put(AUTHORIZATION, "Bearer " + secret(tenant));
    return client.blocking().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
  }

  private static String secret(String tenant) {
    return "secret of " + tenant;
  }

  private static String sha256(String text) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
  }

  private static Metadata.Key<String> header(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
