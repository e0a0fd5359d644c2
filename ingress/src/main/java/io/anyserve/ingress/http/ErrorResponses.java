package io.anyserve.ingress.http;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureException;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiException;
import io.anyserve.ingress.openai.ApiJson;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.jetty.http.HttpException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers what went wrong, always in the same form. */
final class ErrorResponses {

  private static final Logger log = LoggerFactory.getLogger(ErrorResponses.class);

  private static final int UNAUTHORIZED = 401;
  private static final int METHOD_NOT_ALLOWED = 405;

  private ErrorResponses() {}

  static void write(Exception thrown, Context http) {
    if (http.res().isCommitted()) {
      log.warn("A response was aborted", thrown);
      DisconnectWatch.abort(http.req());
    } else if (thrown instanceof IOException || thrown instanceof InterruptedException) {
      DisconnectWatch.abort(http.req());
    } else {
      write(error(thrown, http), http);
    }
  }

  private static ApiError error(Exception thrown, Context http) {
    return switch (thrown) {
      case ApiException e -> e.error();
      case FailureException e -> ApiError.of(e.failure());
      case HttpResponseException e -> unknown(e.getStatus(), http);
      case HttpException e -> ofServer(e.getCode(), String.valueOf(e.getReason()));
      default -> {
        log.error("A call failed unexpectedly", thrown);
        yield ApiError.of(Failure.unforeseen());
      }
    };
  }

  private static ApiError unknown(int status, Context http) {
    String method = http.method().name();
    return status == METHOD_NOT_ALLOWED
        ? ofServer(status, method + ": not a method of this path")
        : ofServer(status, method + ": no such path (expected: a path of docs/http.md)");
  }

  /** What the server itself refuses. */
  static ApiError ofServer(int status, String message) {
    String code =
        switch (status) {
          case 400 -> "bad_request";
          case 404 -> "not_found";
          case METHOD_NOT_ALLOWED -> "method_not_allowed";
          case 408 -> "request_timeout";
          case 414 -> "uri_too_long";
          case 431 -> "headers_too_large";
          default -> "http_" + status;
        };
    return ApiError.refused(status, code, Optional.empty(), message);
  }

  private static void write(ApiError error, Context http) {
    http.res().resetBuffer();
    if (error.status() == UNAUTHORIZED) {
      http.header("WWW-Authenticate", "Bearer");
    }
    http.header("x-should-retry", Boolean.toString(error.retryable()));
    error.retryAfter().ifPresent(after -> retryAfter(after, http));
    http.status(error.status()).contentType("application/json").result(ApiJson.error(error));
  }

  private static void retryAfter(Duration after, Context http) {
    http.header("Retry-After", Long.toString(after.plusMillis(999).toSeconds()));
    http.header("retry-after-ms", Long.toString(Math.max(1, after.toMillis())));
  }
}
