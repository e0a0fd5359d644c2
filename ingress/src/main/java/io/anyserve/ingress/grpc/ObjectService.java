package io.anyserve.ingress.grpc;

import com.google.protobuf.UnsafeByteOperations;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.PayloadCodec;
import io.anyserve.objects.ObjectStore;
import io.anyserve.objects.PresignedUpload;
import io.anyserve.runtime.auth.Caller;
import io.anyserve.v1.GetObjectRequest;
import io.anyserve.v1.GetObjectResponse;
import io.anyserve.v1.ObjectServiceGrpc.ObjectServiceImplBase;
import io.anyserve.v1.PresignObjectRequest;
import io.anyserve.v1.PresignObjectResponse;
import io.anyserve.v1.PutObjectRequest;
import io.anyserve.v1.PutObjectResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** Stores and fetches the caller's objects, on virtual threads and at the caller's pace. */
public final class ObjectService extends ObjectServiceImplBase {

  private static final int MAX_TRANSFERS = 32;
  private static final int PIECE = 64 << 10;
  private static final Duration DEFAULT_VALIDITY = Duration.ofMinutes(15);

  private final Optional<ObjectStore> store;
  private final InstantSource clock;
  private final Semaphore transfers = new Semaphore(MAX_TRANSFERS);

  /** Without a store every call is refused. */
  public ObjectService(Optional<ObjectStore> store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  @Override
  public StreamObserver<PutObjectRequest> putObject(StreamObserver<PutObjectResponse> observer) {
    var call = (ServerCallStreamObserver<PutObjectResponse>) observer;
    return new ObjectUpload(store(), Caller.current().tenant(), transfers, call);
  }

  @Override
  public void getObject(GetObjectRequest request, StreamObserver<GetObjectResponse> observer) {
    var call = (ServerCallStreamObserver<GetObjectResponse>) observer;
    ObjectStore from = store();
    ObjectRef object = PayloadCodec.read(request.getObject());
    TenantId tenant = Caller.current().tenant();
    ReadinessWaiter gate = ReadinessWaiter.on(call);
    if (!transfers.tryAcquire()) {
      throw new FailureException(FailureCode.OVERLOADED, "too many objects are being moved");
    }
    inBackground(
        call,
        () -> {
          try (InputStream content = from.open(tenant, object)) {
            send(content, call, gate);
          } finally {
            transfers.release();
          }
        });
  }

  private static void send(
      InputStream content, ServerCallStreamObserver<GetObjectResponse> call, ReadinessWaiter gate)
      throws IOException, InterruptedException {
    byte[] piece = content.readNBytes(PIECE);
    while (piece.length > 0 && gate.await()) {
      call.onNext(
          GetObjectResponse.newBuilder().setData(UnsafeByteOperations.unsafeWrap(piece)).build());
      piece = content.readNBytes(PIECE);
    }
    if (!call.isCancelled()) {
      call.onCompleted();
    }
  }

  @Override
  public void presignObject(
      PresignObjectRequest request, StreamObserver<PresignObjectResponse> observer) {
    ObjectStore at = store();
    TenantId tenant = Caller.current().tenant();
    Duration validity =
        request.getExpiresIn() == 0 ? DEFAULT_VALIDITY : Duration.ofSeconds(request.getExpiresIn());
    inBackground(
        observer,
        () -> {
          observer.onNext(presign(at, tenant, request, validity));
          observer.onCompleted();
        });
  }

  private PresignObjectResponse presign(
      ObjectStore at, TenantId tenant, PresignObjectRequest request, Duration validity)
      throws IOException {
    var response =
        PresignObjectResponse.newBuilder()
            .setExpiresAt(clock.instant().plus(validity).toEpochMilli());
    return switch (request.getMethod()) {
      case PRESIGN_METHOD_GET -> {
        ObjectRef object = PayloadCodec.read(request.getObject());
        yield response
            .setUrl(at.presignGet(tenant, object, validity).toString())
            .setObject(request.getObject())
            .build();
      }
      case PRESIGN_METHOD_PUT -> {
        PresignedUpload slot = at.presignPut(tenant, validity);
        yield response
            .setUrl(slot.url().toString())
            .setObject(reference(slot, request.getContentType()))
            .build();
      }
      case PRESIGN_METHOD_UNSPECIFIED, UNRECOGNIZED ->
          throw new FailureException(
              FailureCode.INVALID_REQUEST,
              "method: " + request.getMethod() + " (expected: get or put)");
    };
  }

  /** The caller completes it with size and hash. */
  private static io.anyserve.v1.ObjectRef reference(PresignedUpload slot, String contentType) {
    return io.anyserve.v1.ObjectRef.newBuilder()
        .setBucket(slot.bucket())
        .setKey(slot.key())
        .setContentType(contentType)
        .setExpiresAt(slot.expires().toEpochMilli())
        .build();
  }

  private ObjectStore store() {
    return store.orElseThrow(
        () ->
            new FailureException(
                FailureCode.UNIMPLEMENTED, "this installation has no object store"));
  }

  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  private static void inBackground(StreamObserver<?> call, Step step) {
    Thread.ofVirtual()
        .name("object-service")
        .start(
            () -> {
              try {
                step.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                call.onError(GrpcErrors.of(e));
              } catch (IOException | RuntimeException | Error e) {
                call.onError(GrpcErrors.of(e));
              }
            });
  }
}
