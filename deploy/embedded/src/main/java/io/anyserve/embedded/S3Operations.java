package io.anyserve.embedded;

import com.google.common.base.Strings;
import com.google.common.net.HttpHeaders;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.gaul.s3proxy.S3ErrorCode;
import org.gaul.s3proxy.S3ProxyHandler;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.S3Exceptions;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** S3Proxy's operations for one pair of keys; every request must be signed. Thread-safe. */
final class S3Operations extends S3ProxyHandler {

  private static final @Nullable String NO_VIRTUAL_HOST = null;
  private static final @Nullable String NO_PATH = null;

  /** S3's own limit of a PUT. */
  private static final long LARGEST_PUT = 5L << 30;

  /**
   * A signed body is held in memory until its hash is checked; clients send larger ones in parts.
   */
  private static final long LARGEST_SIGNED_BODY = 64L << 20;

  private static final int LARGEST_CHUNK = 16 << 20;
  private static final int CLOCK_SKEW_SECONDS = 15 * 60;

  /** Of an object that was not modified, and of a version that is a delete marker. */
  private static final List<String> REFUSAL_HEADERS =
      List.of(HttpHeaders.ETAG, HttpHeaders.ALLOW, "x-amz-delete-marker", "x-amz-version-id");

  S3Operations(BlobStore blobs, String accessKey, String secretKey) {
    super(
        blobs,
        AuthenticationType.AWS_V2_OR_V4,
        accessKey,
        secretKey,
        NO_VIRTUAL_HOST,
        LARGEST_PUT,
        LARGEST_SIGNED_BODY,
        LARGEST_CHUNK,
        /* ignoreUnknownHeaders= */ false,
        /* corsRules= */ null,
        NO_PATH,
        CLOCK_SKEW_SECONDS);
  }

  /** With the code that the refusal names, or where it is a mere status, the code of that. */
  void refuse(HttpServletRequest request, HttpServletResponse response, AwsServiceException refusal)
      throws IOException {
    keepHeaders(response, refusal);
    String code = S3Exceptions.errorCode(refusal);
    if (code == null) {
      refuse(request, response, refusal.statusCode());
    } else {
      String message = Strings.nullToEmpty(refusal.awsErrorDetails().errorMessage());
      sendSimpleErrorResponse(request, response, code, refusal.statusCode(), message, Map.of());
    }
  }

  void refuse(
      HttpServletRequest request, HttpServletResponse response, S3ErrorCode code, Exception why)
      throws IOException {
    String message = Strings.nullToEmpty(why.getMessage());
    sendSimpleErrorResponse(request, response, code, message, Map.of());
  }

  private void refuse(HttpServletRequest request, HttpServletResponse response, int status)
      throws IOException {
    switch (status) {
      case HttpServletResponse.SC_PRECONDITION_FAILED ->
          sendSimpleErrorResponse(
              request, response, S3ErrorCode.PRECONDITION_FAILED, "a condition fails", Map.of());
      case HttpServletResponse.SC_REQUESTED_RANGE_NOT_SATISFIABLE ->
          sendSimpleErrorResponse(
              request, response, S3ErrorCode.INVALID_RANGE, "no such range", Map.of());
      default -> response.setStatus(status);
    }
  }

  private static void keepHeaders(HttpServletResponse response, AwsServiceException refusal) {
    var answer = S3Exceptions.httpResponse(refusal);
    if (answer != null) {
      for (String name : REFUSAL_HEADERS) {
        answer.firstMatchingHeader(name).ifPresent(value -> response.setHeader(name, value));
      }
    }
  }
}
