package io.anyserve.ingress.http;

import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiException;
import io.javalin.http.Context;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;

/**
 * Refuses calls that send a header twice of which one counts: a proxy in between may have looked at
 * the other one.
 */
final class SingleHeaders {

  private static final int BAD_REQUEST = 400;

  private static final List<String> NAMES =
      List.of(
          "Authorization",
          "Content-Type",
          "Content-Encoding",
          "Idempotency-Key",
          "Origin",
          StreamsHandler.LAST_EVENT_ID,
          CallHeaders.SESSION);

  private SingleHeaders() {}

  /** Throws {@link ApiException}. */
  static void check(Context http) {
    for (String name : NAMES) {
      Enumeration<String> values = http.req().getHeaders(name);
      if (values.hasMoreElements()) {
        values.nextElement();
        if (values.hasMoreElements()) {
          throw new ApiException(
              ApiError.refused(
                  BAD_REQUEST,
                  "duplicate_header",
                  Optional.of(name),
                  name + ": twice (expected: once)"));
        }
      }
    }
  }
}
