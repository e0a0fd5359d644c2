package io.anyserve.ingress;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload.Text;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.embedded.EmbeddedObjectStore;
import io.anyserve.objects.ObjectStoreConfig;
import io.anyserve.v1.GetObjectRequest;
import io.anyserve.v1.InferRequest;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.Inference;
import io.anyserve.v1.ObjectMetadata;
import io.anyserve.v1.ObjectRef;
import io.anyserve.v1.ObjectServiceGrpc;
import io.anyserve.v1.Payload;
import io.anyserve.v1.PresignMethod;
import io.anyserve.v1.PresignObjectRequest;
import io.anyserve.v1.PutObjectRequest;
import io.anyserve.v1.PutObjectResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Large payloads travel as references, and nobody reaches what is not theirs. */
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ObjectsIT {

  private static final int PIECE = 256 << 10;

  private final List<InferenceRequest> taken = new CopyOnWriteArrayList<>();
  private IngressTestLog log;
  private EmbeddedObjectStore store;
  private TestWorker worker;
  private Ingress ingress;
  private TestClient client;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    log = IngressTestLog.start(directory.resolve("kafka"));
    store = EmbeddedObjectStore.start(directory.resolve("objects"), 0, "key", "secret-secret");
    worker = TestWorker.start(log.kafka(), IngressTestLog.STORY, this::answer);
    var objects = ObjectStoreConfig.of(store.endpoint(), "key", "secret-secret");
    ingress =
        new Ingress(
            IngressConfig.local(0, log.kafka(), IngressTestLog.TOPICS, Optional.of(objects)),
            IngressEnvironment.of(new SimpleMeterRegistry()));
    ingress.start();
    await().atMost(Duration.ofSeconds(90)).until(() -> ingress.notReadyReasons().isEmpty());
    client = new TestClient(ingress.address());
  }

  @AfterAll
  void stop() throws Exception {
    client.close();
    ingress.close();
    worker.close();
    store.close();
    log.close();
  }

  private void answer(InferenceRequest request, TestWorker self) {
    taken.add(request);
    self.started(request);
    for (int i = 0; i < request.parameters().maxTokens(); i++) {
      self.chunk(request, i, "x".repeat(100_000));
    }
    self.finished(request, request.parameters().maxTokens());
  }

  @Test
  void aLargePromptBecomesAReferenceAndASmallOneDoesNot() {
    client.stream(TestClient.prompt("y".repeat(100_000), 1).setSession("large").build());
    client.stream(TestClient.prompt("small", 1).setSession("small").build());
    assertEquals(
        100_000,
        ((io.anyserve.contracts.Payload.ObjectReference) inputOf("large")).object().size());
    assertEquals(new Text("small"), inputOf("small"));
  }

  @Test
  void anUploadedObjectIsAnInputAndComesBackWhole() throws Exception {
    byte[] content = new byte[5 << 20];
    new Random(1).nextBytes(content);
    ObjectRef object = put(content);
    assertEquals(content.length, object.getSize());
    assertArrayEquals(content, get(object));
    client.stream(asking(object).setSession("uploaded").build());
    assertEquals(
        object.getKey(),
        ((io.anyserve.contracts.Payload.ObjectReference) inputOf("uploaded")).object().key());
  }

  @Test
  void aLargeUnaryAnswerComesAsAReference() throws Exception {
    var request = InferRequest.newBuilder().setInference(TestClient.prompt("Once", 12)).build();
    Payload output = client.blocking().infer(request).getOutput();
    assertEquals(1_200_000, output.getObject().getSize());
    assertEquals(1_200_000, get(output.getObject()).length);
  }

  @Test
  void whatIsNotThereOrNotAsSaidIsRefusedBeforeItIsAccepted() throws Exception {
    ObjectRef object = put(new byte[1000]);
    String elsewhere = object.getKey().replace("tenants/default/", "tenants/other/");
    assertEquals(FailureCode.OBJECT_NOT_FOUND, refusal(object.toBuilder().setKey(elsewhere)));
    String missing = object.getKey().substring(0, object.getKey().length() - 4) + "0000";
    assertEquals(FailureCode.OBJECT_NOT_FOUND, refusal(object.toBuilder().setKey(missing)));
    assertEquals(FailureCode.OBJECT_CORRUPT, refusal(object.toBuilder().setSize(999)));
    assertEquals(FailureCode.OBJECT_NOT_FOUND, refusal(object.toBuilder().setKey("../secret")));
  }

  @Test
  void aWrongHashIsNoticedBeforeTheLastByte() throws Exception {
    ObjectRef object = put(new byte[200_000]);
    var wrong = object.toBuilder().setSha256(ByteString.copyFrom(new byte[32])).build();
    var thrown = assertThrows(StatusRuntimeException.class, () -> get(wrong));
    assertEquals(FailureCode.OBJECT_CORRUPT, GrpcStatuses.read(thrown).orElseThrow().code());
  }

  @Test
  void anUploadThatBreaksItsPromisesIsRefused() {
    assertEquals(FailureCode.INVALID_REQUEST, putFailure(data(new byte[1])));
    assertEquals(
        FailureCode.INVALID_REQUEST,
        putFailure(metadata(ObjectMetadata.newBuilder().setSize(5)), data(new byte[4])));
    var hash = ObjectMetadata.newBuilder().setSha256(ByteString.copyFrom(new byte[32]));
    assertEquals(FailureCode.INVALID_REQUEST, putFailure(metadata(hash), data(new byte[4])));
    var type = ObjectMetadata.newBuilder().setContentType("nonsense");
    assertEquals(FailureCode.INVALID_REQUEST, putFailure(metadata(type), data(new byte[4])));
    var fine = metadata(ObjectMetadata.newBuilder());
    assertEquals(FailureCode.INVALID_REQUEST, putFailure(fine, data(new byte[(1 << 20) + 1])));
    assertEquals(FailureCode.INVALID_REQUEST, putFailure());
  }

  @Test
  void presignedUrlsWorkWithoutTheService() throws Exception {
    var stub = ObjectServiceGrpc.newBlockingStub(client.channel());
    var slot =
        stub.presignObject(
            PresignObjectRequest.newBuilder()
                .setMethod(PresignMethod.PRESIGN_METHOD_PUT)
                .setContentType("text/plain")
                .build());
    try (var http = HttpClient.newHttpClient()) {
      var upload =
          HttpRequest.newBuilder(URI.create(slot.getUrl()))
              .PUT(HttpRequest.BodyPublishers.ofString("presigned"))
              .build();
      assertEquals(200, http.send(upload, HttpResponse.BodyHandlers.discarding()).statusCode());
      var object =
          slot.getObject().toBuilder()
              .setSize(9)
              .setSha256(ByteString.copyFrom(new byte[32]))
              .build();
      var link =
          stub.presignObject(
              PresignObjectRequest.newBuilder()
                  .setMethod(PresignMethod.PRESIGN_METHOD_GET)
                  .setObject(object)
                  .build());
      var download = HttpRequest.newBuilder(URI.create(link.getUrl())).build();
      assertEquals("presigned", http.send(download, HttpResponse.BodyHandlers.ofString()).body());
    }
  }

  private io.anyserve.contracts.Payload inputOf(String session) {
    return taken.stream()
        .filter(request -> request.context().session().value().equals(session))
        .findFirst()
        .orElseThrow()
        .input();
  }

  private Inference.Builder asking(ObjectRef object) {
    return TestClient.prompt("", 1).setInput(Payload.newBuilder().setObject(object));
  }

  private FailureCode refusal(ObjectRef.Builder object) {
    var request = InferStreamRequest.newBuilder().setInference(asking(object.build())).build();
    var thrown =
        assertThrows(
            StatusRuntimeException.class, () -> client.blocking().inferStream(request).hasNext());
    return GrpcStatuses.read(thrown).orElseThrow(() -> thrown).code();
  }

  private byte[] get(ObjectRef object) throws Exception {
    var content = new ByteArrayOutputStream();
    var pieces =
        ObjectServiceGrpc.newBlockingStub(client.channel())
            .getObject(GetObjectRequest.newBuilder().setObject(object).build());
    while (pieces.hasNext()) {
      pieces.next().getData().writeTo(content);
    }
    return content.toByteArray();
  }

  private ObjectRef put(byte[] content) throws Exception {
    var answer = new Answer();
    var upload = ObjectServiceGrpc.newStub(client.channel()).putObject(answer);
    upload.onNext(metadata(ObjectMetadata.newBuilder().setSize(content.length)));
    for (int at = 0; at < content.length; at += PIECE) {
      var piece = ByteString.copyFrom(content, at, Math.min(PIECE, content.length - at));
      upload.onNext(PutObjectRequest.newBuilder().setData(piece).build());
    }
    upload.onCompleted();
    return answer.response.get(120, TimeUnit.SECONDS).getObject();
  }

  private FailureCode putFailure(PutObjectRequest... parts) {
    var answer = new Answer();
    var upload = ObjectServiceGrpc.newStub(client.channel()).putObject(answer);
    for (PutObjectRequest part : parts) {
      upload.onNext(part);
    }
    upload.onCompleted();
    var thrown =
        assertThrows(ExecutionException.class, () -> answer.response.get(60, TimeUnit.SECONDS));
    var status = assertInstanceOf(StatusRuntimeException.class, thrown.getCause());
    return GrpcStatuses.read(status).orElseThrow(() -> status).code();
  }

  private static PutObjectRequest metadata(ObjectMetadata.Builder metadata) {
    return PutObjectRequest.newBuilder().setMetadata(metadata).build();
  }

  private static PutObjectRequest data(byte[] bytes) {
    return PutObjectRequest.newBuilder().setData(ByteString.copyFrom(bytes)).build();
  }

  private static final class Answer implements StreamObserver<PutObjectResponse> {

    final CompletableFuture<PutObjectResponse> response = new CompletableFuture<>();

    @Override
    public void onNext(PutObjectResponse value) {
      response.complete(value);
    }

    @Override
    public void onError(Throwable error) {
      response.completeExceptionally(error);
    }

    @Override
    public void onCompleted() {}
  }
}
