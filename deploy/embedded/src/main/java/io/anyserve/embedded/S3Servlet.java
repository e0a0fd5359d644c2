package io.anyserve.embedded;

import com.google.common.base.Throwables;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.gaul.s3proxy.S3ErrorCode;
import org.gaul.s3proxy.S3ProxyHandler;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** Hands requests to S3Proxy and answers what it throws with an S3 error document. Thread-safe. */
@SuppressWarnings("serial") // a servlet is Serializable; nothing serializes this one
final class S3Servlet extends HttpServlet {

  private final S3Operations operations;

  S3Servlet(BlobStore blobs, String accessKey, String secretKey) {
    this.operations = new S3Operations(blobs, accessKey, secretKey);
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    try (InputStream body = request.getInputStream()) {
      operations.doHandle(request, request, response, body, new S3ProxyHandler.RequestContext());
    } catch (IOException | RuntimeException e) {
      if (!answers(request, response, e)) {
        throw e;
      }
    }
  }

  /**
   * Whether what was thrown has an answer. A refusal may be wrapped: one of the body's hash comes
   * out of the stream that reads the body.
   */
  private boolean answers(
      HttpServletRequest request, HttpServletResponse response, Exception thrown)
      throws IOException {
    var refusal = cause(thrown, AwsServiceException.class);
    if (refusal.isPresent()) {
      operations.refuse(request, response, refusal.get());
      return true;
    }
    S3ErrorCode code = code(thrown);
    if (code != null) {
      operations.refuse(request, response, code, thrown);
    }
    return code != null;
  }

  private static @Nullable S3ErrorCode code(Exception thrown) {
    if (thrown instanceof IllegalArgumentException) {
      return S3ErrorCode.INVALID_ARGUMENT;
    }
    if (thrown instanceof UnsupportedOperationException) {
      return S3ErrorCode.NOT_IMPLEMENTED;
    }
    return cause(thrown, TimeoutException.class).isPresent() ? S3ErrorCode.REQUEST_TIMEOUT : null;
  }

  private static <T extends Throwable> Optional<T> cause(Throwable thrown, Class<T> type) {
    return Throwables.getCausalChain(thrown).stream()
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst();
  }
}
