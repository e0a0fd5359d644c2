package io.anyserve.ingress.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.anyserve.ingress.access.CallAccess;
import io.anyserve.ingress.admission.InputOffloader;
import io.anyserve.ingress.connection.GradualRelease;
import io.anyserve.ingress.response.Events;
import io.anyserve.objects.BlobStore;
import io.anyserve.objects.ObjectStore;
import io.anyserve.runtime.auth.ApiKeys;
import io.anyserve.v1.InferRequest;
import io.anyserve.v1.ObjectMetadata;
import io.anyserve.v1.ObjectServiceGrpc;
import io.anyserve.v1.PresignMethod;
import io.anyserve.v1.PresignObjectRequest;
import io.anyserve.v1.PutObjectRequest;
import io.anyserve.v1.PutObjectResponse;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An object store that fails as nothing should: every call on it ends all the same. */
@Timeout(180)
final class TransferFaultTest {

  private static final String TOLD = "INTERNAL: an internal fault; the log says more";

  private final BlobStore bucket =
      (BlobStore)
          Proxy.newProxyInstance(
              BlobStore.class.getClassLoader(),
              new Class<?>[] {BlobStore.class},
              (proxy, method, arguments) -> {
                throw new LinkageError("thrown on purpose by a test");
              });
  private final ObjectStore store =
      new ObjectStore(bucket, 1 << 20, Duration.ofDays(1), InstantSource.system());
  private final GrpcServer server =
      new GrpcServer(
          new GrpcServer.Endpoint(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
              1 << 20,
              Duration.ofSeconds(1),
              Optional.empty()),
          CallAccess.of(new ApiKeys(List.of())),
          List.of(new ObjectService(Optional.of(store), InstantSource.system()).bindService()),
          () -> {},
          new GradualRelease(_ -> false));
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    server.start();
    channel = NettyChannelBuilder.forAddress(server.address()).usePlaintext().build();
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow();
    server.close();
  }

  @Test
  void aQuestionForAUrlEnds() {
    var stub = ObjectServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    var request =
        PresignObjectRequest.newBuilder().setMethod(PresignMethod.PRESIGN_METHOD_PUT).build();
    var thrown = assertThrows(StatusRuntimeException.class, () -> stub.presignObject(request));
    assertEquals(TOLD, TestServer.failure(thrown));
  }

  @Test
  void aCallWhoseAnswerIsToBeStoredEnds() throws Exception {
    try (var inference = TestServer.start(InputOffloader.stored(store, 1))) {
      inference.log.answers(
          asked -> {
            inference.log.emit(asked, Events.started());
            inference.log.emit(asked, Events.chunk(0));
            inference.log.emit(asked, Events.finished());
          });
      var request = InferRequest.newBuilder().setInference(TestServer.prompt("Once")).build();
      var thrown =
          assertThrows(StatusRuntimeException.class, () -> inference.blocking().infer(request));
      assertEquals(TOLD, TestServer.failure(thrown));
    }
  }

  @Test
  void anUploadEnds() {
    var end = new CompletableFuture<PutObjectResponse>();
    StreamObserver<PutObjectRequest> upload =
        ObjectServiceGrpc.newStub(channel)
            .withDeadlineAfter(60, TimeUnit.SECONDS)
            .putObject(
                new StreamObserver<>() {
                  @Override
                  public void onNext(PutObjectResponse response) {
                    end.complete(response);
                  }

                  @Override
                  public void onError(Throwable error) {
                    end.completeExceptionally(error);
                  }

                  @Override
                  public void onCompleted() {}
                });
    upload.onNext(
        PutObjectRequest.newBuilder().setMetadata(ObjectMetadata.getDefaultInstance()).build());
    upload.onNext(PutObjectRequest.newBuilder().setData(ByteString.copyFromUtf8("data")).build());
    upload.onCompleted();
    var thrown = assertThrows(CompletionException.class, end::join);
    var status = assertInstanceOf(StatusRuntimeException.class, thrown.getCause());
    assertEquals(TOLD, TestServer.failure(status));
  }
}
