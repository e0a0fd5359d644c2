package io.anyserve.objects;

import io.anyserve.objects.ObjectStoreException.Kind;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.ServerException;
import java.io.IOException;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells the ways apart in which the MinIO client fails. */
final class MinioFailure {

  private MinioFailure() {}

  /** What S3 says when a body did not arrive as it was sent: it may the next time. */
  private static final Set<String> DAMAGED_ON_THE_WAY =
      Set.of("BadDigest", "IncompleteBody", "RequestTimeout", "XAmzContentSHA256Mismatch");

  /** Rethrows what is neither the store's nor the network's doing. */
  static ObjectStoreException of(String what, URI endpoint, Exception e) {
    Kind kind = kind(e);
    String message =
        switch (kind) {
          case NOT_FOUND -> what + " not found";
          case UNAVAILABLE -> "object store at " + endpoint + " is unavailable: " + reason(e);
          case ACCESS_DENIED -> "object store at " + endpoint + " denies access: " + reason(e);
          case CORRUPT, TOO_LARGE, INVALID -> what + ": " + reason(e);
        };
    return new ObjectStoreException(kind, message, e);
  }

  private static Kind kind(Exception e) {
    boolean network = false;
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof ErrorResponseException answer) {
        return kind(answer.errorResponse().code(), answer.response().code());
      }
      if (cause instanceof ServerException answer) {
        return kind("", answer.statusCode());
      }
      network |= cause instanceof IOException;
    }
    if (e instanceof RuntimeException bug && !network) {
      throw bug;
    }
    return Kind.UNAVAILABLE;
  }

  static Kind kind(@Nullable String code, int status) {
    if (code != null && DAMAGED_ON_THE_WAY.contains(code)) {
      return Kind.UNAVAILABLE;
    }
    if ("NoSuchKey".equals(code) || "NoSuchObject".equals(code)) {
      return Kind.NOT_FOUND;
    }
    return switch (status) {
      case 401, 403 -> Kind.ACCESS_DENIED;
      case 413 -> Kind.TOO_LARGE;
      case 404, 408, 429 -> Kind.UNAVAILABLE;
      default -> status >= 500 ? Kind.UNAVAILABLE : Kind.INVALID;
    };
  }

  private static String reason(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root instanceof ErrorResponseException answer
        ? answer.errorResponse().code() + ", " + answer.errorResponse().message()
        : String.valueOf(root.getMessage());
  }
}
