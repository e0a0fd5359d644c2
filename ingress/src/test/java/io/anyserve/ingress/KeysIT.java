package io.anyserve.ingress;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.rpc.RetryInfo;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.contracts.key.KeyGrant;
import io.anyserve.runtime.auth.ApiKey;
import io.anyserve.runtime.auth.IssuedKey;
import io.anyserve.runtime.auth.KeyTopic;
import io.anyserve.runtime.auth.NewKey;
import io.anyserve.v1.CreateKeyRequest;
import io.anyserve.v1.CreateKeyResponse;
import io.anyserve.v1.DeleteKeyRequest;
import io.anyserve.v1.DisableKeyRequest;
import io.anyserve.v1.EnableKeyRequest;
import io.anyserve.v1.InferRequest;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.KeyDescription;
import io.anyserve.v1.KeyScope;
import io.anyserve.v1.KeyServiceGrpc;
import io.anyserve.v1.KeyServiceGrpc.KeyServiceBlockingStub;
import io.anyserve.v1.ListKeysRequest;
import io.anyserve.v1.RotateKeyRequest;
import io.anyserve.v1.StreamEvent;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Keys that change in the log while two ingresses run. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KeysIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String ROOT = "secret of the settings";
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private IngressTestLog log;
  private TestWorker worker;
  private Ingress first;
  private Ingress second;
  private TestClient one;
  private TestClient other;
  private KeyTopic topic;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    log = IngressTestLog.start(directory);
    worker = TestWorker.start(log.kafka(), IngressTestLog.STORY, TestWorker::tellStory);
    first = ingress("first");
    second = ingress("second");
    one = new TestClient(first.address());
    other = new TestClient(second.address());
    topic =
        new KeyTopic(
            log.kafka(), IngressTestLog.TOPICS, InstantSource.system(), new SecureRandom());
  }

  private Ingress ingress(String name) throws Exception {
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(ROOT.getBytes(StandardCharsets.UTF_8));
    var root = new ApiKey("root", HexFormat.of().formatHex(hash), new TenantId("operator"), true);
    var settings =
        new IngressConfig(
            new ListenConfig("127.0.0.1", 0, Duration.ofSeconds(1)),
            IngressConfig.Limits.DEFAULT,
            new AccessConfig(List.of(root), Optional.empty()),
            new IngressConfig.Log(log.kafka(), IngressTestLog.TOPICS, name, 1),
            Optional.empty(),
            Optional.empty());
    Ingress ingress = new Ingress(settings, IngressEnvironment.of(new SimpleMeterRegistry()));
    ingress.start();
    await().atMost(PATIENCE).until(() -> ingress.notReadyReasons().isEmpty());
    return ingress;
  }

  @AfterAll
  void stop() throws Exception {
    one.close();
    other.close();
    first.close();
    second.close();
    worker.close();
    log.close();
  }

  @Test
  void aKeyHoldsOnEveryIngressUntilItIsDisabled() throws Exception {
    IssuedKey issued = create("acme", OptionalInt.empty());
    String secret = issued.secret().text();
    for (TestClient client : List.of(one, other)) {
      awaitAdmitted(secret, client);
    }
    topic.enable(issued.key().id(), false);
    for (TestClient client : List.of(one, other)) {
      awaitRefused(secret, client);
    }
    topic.enable(issued.key().id(), true);
    awaitAdmitted(secret, other);
    topic.delete(issued.key().id(), true);
    awaitRefused(secret, one);
    infer(ROOT, one);
  }

  @Test
  void aRotatedKeyTakesBothSecretsDuringTheOverlap() throws Exception {
    IssuedKey issued = create("acme", OptionalInt.empty());
    IssuedKey rotated = topic.rotate(issued.key().id(), Duration.ofHours(1));
    awaitAdmitted(rotated.secret().text(), one);
    infer(issued.secret().text(), one);

    IssuedKey last = topic.rotate(issued.key().id(), Duration.ZERO);
    awaitAdmitted(last.secret().text(), one);
    assertRefused(FailureCode.UNAUTHENTICATED, () -> infer(issued.secret().text(), one));
    assertRefused(FailureCode.UNAUTHENTICATED, () -> infer(rotated.secret().text(), one));
  }

  @Test
  void moreRequestsAtOnceThanAKeyAllowsAreRefused() throws Exception {
    IssuedKey issued = create("busy", OptionalInt.of(1));
    String secret = issued.secret().text();
    awaitAdmitted(secret, one);
    var call = Context.current().withCancellation();
    call.run(() -> assertTrue(silent(secret).next().hasAccepted()));

    StatusRuntimeException thrown =
        assertRefused(FailureCode.RATE_LIMITED, () -> infer(secret, one));
    var retry =
        GrpcStatuses.detail(
                Objects.requireNonNull(StatusProto.fromThrowable(thrown)), RetryInfo.class)
            .orElseThrow();
    assertEquals(1, retry.getRetryDelay().getSeconds());
    awaitAdmitted(secret, other);

    call.cancel(null);
    awaitAdmitted(secret, one);
  }

  /** The count goes down before the caller has its answer. */
  @Test
  void aCallerThatWaitsForEachAnswerIsNeverRefused() throws Exception {
    String secret = create("serial", OptionalInt.of(1)).secret().text();
    awaitAdmitted(secret, one);
    for (int i = 0; i < 50; i++) {
      infer(secret, one);
    }
  }

  @Test
  void anAdminManagesKeysOverGrpc() {
    CreateKeyResponse created =
        admin(ROOT)
            .createKey(
                CreateKeyRequest.newBuilder()
                    .setTenant("acme")
                    .setName("reports")
                    .addScopes(KeyScope.KEY_SCOPE_USAGE)
                    .build());
    KeyDescription key = created.getKey();
    assertEquals("reports", key.getName());
    assertTrue(key.getEnabled());
    String id = key.getId();
    await()
        .atMost(PATIENCE)
        .until(() -> refusal(created.getSecret()) == FailureCode.PERMISSION_DENIED);
    assertRefused(
        FailureCode.PERMISSION_DENIED,
        () -> admin(created.getSecret()).listKeys(ListKeysRequest.getDefaultInstance()));

    var listed =
        admin(ROOT).listKeys(ListKeysRequest.newBuilder().setTenant("acme").build()).getKeysList();
    assertTrue(listed.contains(key), listed.toString());
    var none = ListKeysRequest.newBuilder().setTenant("nobody").build();
    assertEquals(List.of(), admin(ROOT).listKeys(none).getKeysList());
    assertFalse(
        admin(ROOT)
            .disableKey(DisableKeyRequest.newBuilder().setId(id).build())
            .getKey()
            .getEnabled());
    await()
        .atMost(PATIENCE)
        .until(() -> refusal(created.getSecret()) == FailureCode.UNAUTHENTICATED);
    assertTrue(
        admin(ROOT)
            .enableKey(EnableKeyRequest.newBuilder().setId(id).build())
            .getKey()
            .getEnabled());
    var rotated =
        admin(ROOT).rotateKey(RotateKeyRequest.newBuilder().setId(id).setOverlap(1000).build());
    assertTrue(rotated.getKey().getPreviousValidUntil() > 0);
    assertTrue(rotated.getSecret().startsWith("as_" + id + "_"));

    var delete = DeleteKeyRequest.newBuilder().setId(id).setForce(true).build();
    var _ = admin(ROOT).deleteKey(delete);
    assertRefused(FailureCode.KEY_NOT_FOUND, () -> admin(ROOT).deleteKey(delete));
    assertRefused(
        FailureCode.INVALID_REQUEST,
        () -> admin(ROOT).createKey(CreateKeyRequest.newBuilder().setTenant("A B").build()));
  }

  @Test
  void limitsPerMinuteAreAQuotaOfTheKey() {
    var request = CreateKeyRequest.newBuilder().setTenant("slow").setRequestsPerMinute(0).build();
    CreateKeyResponse created = admin(ROOT).createKey(request);
    await()
        .atMost(PATIENCE)
        .until(() -> refusal(created.getSecret()) == FailureCode.QUOTA_EXHAUSTED);
    assertEquals(
        "slow/key/" + created.getKey().getId(),
        first.quotas(new TenantId("slow")).policies().getFirst().scope().toString());

    var _ =
        admin(ROOT)
            .deleteKey(
                DeleteKeyRequest.newBuilder()
                    .setId(created.getKey().getId())
                    .setForce(true)
                    .build());
    await().atMost(PATIENCE).until(() -> first.quotas(new TenantId("slow")).policies().isEmpty());
  }

  private IssuedKey create(String tenant, OptionalInt concurrency) throws InterruptedException {
    return topic.create(
        new NewKey(
            new KeyGrant(new TenantId(tenant), "", KeyGrant.USUAL_SCOPES),
            Optional.empty(),
            concurrency));
  }

  private Iterator<StreamEvent> silent(String secret) {
    return as(secret, one.blocking())
        .inferStream(
            InferStreamRequest.newBuilder()
                .setInference(TestClient.prompt(TestWorker.SILENT, 2))
                .build());
  }

  private static void infer(String secret, TestClient client) {
    var _ =
        as(secret, client.blocking())
            .infer(InferRequest.newBuilder().setInference(TestClient.prompt("Once", 2)).build());
  }

  private KeyServiceBlockingStub admin(String secret) {
    return as(secret, KeyServiceGrpc.newBlockingStub(one.channel()));
  }

  private static <S extends AbstractStub<S>> S as(String secret, S stub) {
    var metadata = new Metadata();
    metadata.put(AUTHORIZATION, "Bearer " + secret);
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
  }

  private static void awaitAdmitted(String secret, TestClient client) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
        .untilAsserted(() -> infer(secret, client));
  }

  private static void awaitRefused(String secret, TestClient client) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(
            () -> assertRefused(FailureCode.UNAUTHENTICATED, () -> infer(secret, client)));
  }

  private FailureCode refusal(String secret) {
    try {
      infer(secret, one);
      return FailureCode.INTERNAL;
    } catch (StatusRuntimeException e) {
      return GrpcStatuses.read(e).orElseThrow().code();
    }
  }

  private static StatusRuntimeException assertRefused(FailureCode code, Executable call) {
    var thrown = assertThrows(StatusRuntimeException.class, call);
    assertEquals(code, GrpcStatuses.read(thrown).orElseThrow().code());
    return thrown;
  }
}
