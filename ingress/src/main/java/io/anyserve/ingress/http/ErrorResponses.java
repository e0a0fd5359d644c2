package io.anyserve.ingress.http;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureException;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiException;
import io.anyserve.ingress.openai.ApiJson;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.MethodNotAllowedResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers what went wrong, always in the same form. */
public final class ErrorResponses {

  private static final Logger log = LoggerFactory.getLogger(ErrorResponses.class);

  /** By which the server tells a request for a WebSocket. */
  private static final String WEB_SOCKET = "Sec-WebSocket-Version";

  private static final int UNAUTHORIZED = 401;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int INTERNAL_ERROR = 500;
  private static final int SERVICE_UNAVAILABLE = 503;

  private ErrorResponses() {}

  /** What was answered; empty where there is nobody to answer any more. */
  static Optional<ApiError> write(Exception thrown, Context http) {
    if (http.res().isCommitted()) {
      log.warn("A response was aborted", thrown);
      DisconnectWatch.abort(http.req());
      return Optional.empty();
    }
    if (thrown instanceof IOException || thrown instanceof InterruptedException) {
      DisconnectWatch.abort(http.req());
      return Optional.empty();
    }
    ApiError error = error(thrown, http);
    allowed(thrown, http).ifPresent(methods -> http.header("Allow", methods));
    try {
      write(error, http);
    } catch (IOException e) {
      DisconnectWatch.abort(http.req());
      return Optional.empty();
    }
    return Optional.of(error);
  }

  /** The methods of a path that has not the one of the call. */
  private static Optional<String> allowed(Exception thrown, Context http) {
    return thrown instanceof MethodNotAllowedResponse refused
        ? Optional.ofNullable(refused.getDetails().get("availableMethods"))
            .map(methods -> own(methods, http.path()))
        : Optional.empty();
  }

  /** A path with routes of its own is no value of another route's parameter. */
  private static String own(String methods, String path) {
    return RouteScopes.has(path)
        ? Arrays.stream(methods.split(", "))
            .filter(method -> RouteScopes.has(method.equals("HEAD") ? "GET" : method, path))
            .collect(Collectors.joining(", "))
        : methods;
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

  /** For a request that wants to become a WebSocket: nothing is written behind its handlers. */
  public static void refuse(ApiError error, HttpServletResponse response) throws IOException {
    SecurityHeaders.ALL.forEach(response::setHeader);
    headers(error, response::setHeader);
    response.setStatus(error.status());
    response.setContentType("application/json");
    response.getOutputStream().write(ApiJson.error(error));
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
          case SERVICE_UNAVAILABLE -> "shutting_down";
          default -> "http_" + status;
        };
    boolean later = status == SERVICE_UNAVAILABLE;
    return new ApiError(
        status,
        status < INTERNAL_ERROR ? "invalid_request_error" : "server_error",
        code,
        Optional.empty(),
        message,
        later,
        later ? Optional.of(Duration.ofSeconds(1)) : Optional.empty());
  }

  private static void write(ApiError error, Context http) throws IOException {
    http.res().resetBuffer();
    if (http.header(WEB_SOCKET) != null) {
      refuse(error, http.res());
      return;
    }
    headers(error, http::header);
    http.status(error.status()).contentType("application/json").result(ApiJson.error(error));
  }

  /** What the head of the response says of an error, by name and value. */
  static void headers(ApiError error, BiConsumer<String, String> head) {
    if (error.status() == UNAUTHORIZED) {
      head.accept("WWW-Authenticate", "Bearer");
    }
    head.accept("x-should-retry", Boolean.toString(error.retryable()));
    error.retryAfter().ifPresent(after -> headers(after, head));
  }

  private static void headers(Duration after, BiConsumer<String, String> head) {
    head.accept("Retry-After", Long.toString(after.plusMillis(999).toSeconds()));
    head.accept("retry-after-ms", Long.toString(Math.max(1, after.toMillis())));
  }
}
