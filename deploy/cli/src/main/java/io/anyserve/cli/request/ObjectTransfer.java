package io.anyserve.cli.request;

import com.google.protobuf.ByteString;
import io.anyserve.v1.GetObjectRequest;
import io.anyserve.v1.ObjectMetadata;
import io.anyserve.v1.ObjectRef;
import io.anyserve.v1.ObjectServiceGrpc;
import io.anyserve.v1.PutObjectRequest;
import io.anyserve.v1.PutObjectResponse;
import io.grpc.Channel;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Moves files to and from the object service. */
final class ObjectTransfer {

  private static final int PART = 256 << 10;

  private ObjectTransfer() {}

  static ObjectRef upload(Channel channel, Path file) throws IOException {
    String detected = Files.probeContentType(file);
    String contentType = detected == null ? "application/octet-stream" : detected;
    try (InputStream content = Files.newInputStream(file)) {
      Upload upload = new Upload(content, contentType, Files.size(file));
      var _ = ObjectServiceGrpc.newStub(channel).putObject(upload);
      return upload.stored.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException failure ? failure : e;
    }
  }

  static ByteString download(Channel channel, ObjectRef object) {
    ByteString.Output content = ByteString.newOutput();
    ObjectServiceGrpc.newBlockingStub(channel)
        .getObject(GetObjectRequest.newBuilder().setObject(object).build())
        .forEachRemaining(
            part -> {
              try {
                part.getData().writeTo(content);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    return content.toByteString();
  }

  /** Sends parts as fast as the call takes them. */
  private static final class Upload
      implements ClientResponseObserver<PutObjectRequest, PutObjectResponse> {

    final CompletableFuture<ObjectRef> stored = new CompletableFuture<>();
    private final InputStream content;
    private final ObjectMetadata metadata;
    private boolean begun;
    private boolean ended;

    Upload(InputStream content, String contentType, long size) {
      this.content = content;
      this.metadata = ObjectMetadata.newBuilder().setContentType(contentType).setSize(size).build();
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<PutObjectRequest> stream) {
      stream.setOnReadyHandler(() -> send(stream));
    }

    private void send(ClientCallStreamObserver<PutObjectRequest> stream) {
      try {
        if (!begun) {
          begun = true;
          stream.onNext(PutObjectRequest.newBuilder().setMetadata(metadata).build());
        }
        while (stream.isReady() && !ended) {
          byte[] part = content.readNBytes(PART);
          ended = part.length == 0;
          if (ended) {
            stream.onCompleted();
          } else {
            stream.onNext(PutObjectRequest.newBuilder().setData(ByteString.copyFrom(part)).build());
          }
        }
      } catch (IOException e) {
        stored.completeExceptionally(e);
        stream.cancel("the file cannot be read", e);
      }
    }

    @Override
    public void onNext(PutObjectResponse response) {
      stored.complete(response.getObject());
    }

    @Override
    public void onError(Throwable cause) {
      stored.completeExceptionally(cause);
    }

    @Override
    public void onCompleted() {
      stored.completeExceptionally(new IOException("the server stored nothing"));
    }
  }
}
