package io.anyserve.ingress.grpc;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Refuses calls with too much metadata, and says so. The transport itself would reset the stream or
 * drop the connection, and the caller would see {@code UNKNOWN}.
 */
final class MetadataLimit implements ServerInterceptor {

  /** Bytes that a call may bring, counted as HTTP/2 does: 32 for each entry, its name and value. */
  static final int MOST = 16 << 10;

  /** Up to here a call that brings too much gets an answer; beyond it the transport ends it. */
  static final int ANSWERED = 256 << 10;

  private static final int ENTRY_BYTES = 32;

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    long bytes = bytes(headers);
    if (bytes <= MOST) {
      return next.startCall(call, headers);
    }
    StatusRuntimeException refusal =
        GrpcErrors.overLimit(
            new Failure(
                FailureCode.TOO_LARGE,
                "metadata: %d bytes (expected: at most %d)".formatted(bytes, MOST)));
    @Nullable Metadata trailers = refusal.getTrailers();
    call.close(refusal.getStatus(), trailers == null ? new Metadata() : trailers);
    return new ServerCall.Listener<>() {};
  }

  private static long bytes(Metadata headers) {
    long bytes = 0;
    for (String name : headers.keys()) {
      bytes +=
          name.endsWith(Metadata.BINARY_HEADER_SUFFIX)
              ? binary(headers, name)
              : text(headers, name);
    }
    return bytes;
  }

  private static long binary(Metadata headers, String name) {
    @Nullable Iterable<byte[]> values =
        headers.getAll(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER));
    long bytes = 0;
    if (values != null) {
      for (byte[] value : values) {
        bytes += ENTRY_BYTES + name.length() + value.length;
      }
    }
    return bytes;
  }

  private static long text(Metadata headers, String name) {
    @Nullable Iterable<String> values =
        headers.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    long bytes = 0;
    if (values != null) {
      for (String value : values) {
        bytes += ENTRY_BYTES + name.length() + value.length();
      }
    }
    return bytes;
  }
}
