package io.anyserve.ingress.grpc;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.PayloadCodec;
import io.anyserve.objects.ObjectStore;
import io.anyserve.objects.UploadMetadata;
import io.anyserve.v1.ObjectMetadata;
import io.anyserve.v1.PutObjectRequest;
import io.anyserve.v1.PutObjectResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;

/** One upload: metadata, then bytes, stored on a virtual thread while they come. */
final class ObjectUpload implements StreamObserver<PutObjectRequest> {

  private static final int MAX_PIECE = 1 << 20;

  private static final Failure GONE = new Failure(FailureCode.CANCELLED, "the upload broke off");

  private final ObjectStore store;
  private final TenantId tenant;
  private final Semaphore transfers;
  private final ServerCallStreamObserver<PutObjectResponse> call;
  private final UploadBuffer pipe;
  private boolean begun;

  ObjectUpload(
      ObjectStore store,
      TenantId tenant,
      Semaphore transfers,
      ServerCallStreamObserver<PutObjectResponse> call) {
    this.store = store;
    this.tenant = tenant;
    this.transfers = transfers;
    this.call = call;
    this.pipe = new UploadBuffer(() -> call.request(1));
    call.disableAutoRequest();
    call.setOnCancelHandler(() -> pipe.breakOff(GONE));
    call.request(1);
  }

  @Override
  public void onNext(PutObjectRequest request) {
    switch (request.getPartCase()) {
      case METADATA -> begin(request.getMetadata());
      case DATA -> add(request);
      case PART_NOT_SET -> throw invalid("part: not set (expected: metadata or data)");
    }
  }

  private void begin(ObjectMetadata metadata) {
    if (begun) {
      throw invalid("metadata: sent twice (expected: once, first)");
    }
    UploadMetadata upload = upload(metadata);
    if (!transfers.tryAcquire()) {
      throw new FailureException(FailureCode.OVERLOADED, "too many objects are being moved");
    }
    begun = true;
    Thread.ofVirtual().name("put-object").start(() -> store(upload));
    call.request(1);
  }

  private static UploadMetadata upload(ObjectMetadata metadata) {
    String type = metadata.getContentType();
    return new UploadMetadata(
        type.isEmpty() ? "application/octet-stream" : type,
        metadata.getSize() == 0 ? OptionalLong.empty() : OptionalLong.of(metadata.getSize()),
        metadata.getSha256().isEmpty()
            ? Optional.empty()
            : Optional.of(HexFormat.of().formatHex(metadata.getSha256().toByteArray())));
  }

  private void add(PutObjectRequest request) {
    if (!begun) {
      throw invalid("data: sent first (expected: metadata first)");
    }
    if (request.getData().size() > MAX_PIECE) {
      pipe.breakOff(tooLarge(request.getData().size()));
    } else {
      pipe.write(request.getData());
    }
  }

  private static Failure tooLarge(int bytes) {
    return new Failure(
        FailureCode.INVALID_REQUEST,
        "data: %d bytes (expected: at most %d)".formatted(bytes, MAX_PIECE));
  }

  @Override
  public void onCompleted() {
    if (!begun) {
      throw invalid("metadata: missing (expected: metadata, then data)");
    }
    pipe.end();
  }

  @Override
  public void onError(Throwable error) {
    pipe.breakOff(GONE);
  }

  private void store(UploadMetadata upload) {
    try {
      ObjectRef stored = store.put(tenant, upload, pipe);
      call.onNext(PutObjectResponse.newBuilder().setObject(PayloadCodec.write(stored)).build());
      call.onCompleted();
    } catch (IOException | RuntimeException | Error e) {
      call.onError(GrpcErrors.of(e));
    } finally {
      transfers.release();
    }
  }

  private static FailureException invalid(String why) {
    return new FailureException(FailureCode.INVALID_REQUEST, why);
  }
}
