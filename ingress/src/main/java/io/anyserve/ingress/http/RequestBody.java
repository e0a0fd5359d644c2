package io.anyserve.ingress.http;

import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiException;
import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the body of a call, whole and within its limit. Throws {@link ApiException}. */
public final class RequestBody {

  private static final int UNSUPPORTED_MEDIA_TYPE = 415;
  private static final int CONTENT_TOO_LARGE = 413;
  private static final int REQUEST_TIMEOUT = 408;
  private static final String JSON = "application/json";

  private static final int PIECE = 16 << 10;
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final long LEAST_BYTES_PER_SECOND = 64;

  private RequestBody() {}

  /**
   * The bytes of a JSON body.
   *
   * @param most bytes
   */
  public static byte[] json(Context http, int most) throws IOException {
    requireJson(http.contentType());
    @Nullable String encoding = http.header("Content-Encoding");
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw unsupported("Content-Encoding", encoding, "none: compressed bodies are not read");
    }
    if (http.req().getContentLengthLong() > most) {
      throw tooLarge(most);
    }
    long length = http.req().getContentLengthLong();
    int piece = length < 0 ? PIECE : Math.clamp(length, 1, PIECE);
    return read(http.req().getInputStream(), most, new byte[piece]);
  }

  private static byte[] read(InputStream in, int most, byte[] piece) throws IOException {
    long began = System.nanoTime();
    var body = new ByteArrayOutputStream(piece.length);
    for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
      body.write(piece, 0, read);
      if (body.size() > most) {
        throw tooLarge(most);
      }
      if (isTooSlow(body.size(), Duration.ofNanos(System.nanoTime() - began))) {
        throw new ApiException(
            ApiError.refused(
                REQUEST_TIMEOUT,
                "request_timeout",
                Optional.empty(),
                "body: too slow (expected: at least %d bytes a second)"
                    .formatted(LEAST_BYTES_PER_SECOND)));
      }
    }
    return body.toByteArray();
  }

  /** A client that sends byte by byte is never idle. */
  static boolean isTooSlow(long bytes, Duration since) {
    return since.compareTo(GRACE) > 0 && bytes < LEAST_BYTES_PER_SECOND * since.toSeconds();
  }

  /** Pages of other sites cannot send this type without asking first. */
  private static void requireJson(@Nullable String given) {
    String type = given == null ? "none" : given.split(";", 2)[0].strip();
    if (!type.toLowerCase(Locale.ROOT).equals(JSON)) {
      throw unsupported("Content-Type", type, JSON);
    }
  }

  private static ApiException unsupported(String header, String given, String expected) {
    return new ApiException(
        ApiError.refused(
            UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            Optional.of(header),
            header + ": " + given + " (expected: " + expected + ")"));
  }

  private static ApiException tooLarge(int most) {
    return new ApiException(
        ApiError.refused(
            CONTENT_TOO_LARGE,
            "too_large",
            Optional.empty(),
            "body: too large (expected: at most " + most + " bytes)"));
  }
}
