package io.anyserve.ingress.openai;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.ingress.admission.InvalidRequestException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a client of the OpenAI API is told when a call fails.
 *
 * @param status of HTTP
 * @param code for programs, such as {@code model_not_found}
 * @param param the parameter or header that is wrong
 * @param retryable the same call may succeed a little later
 * @param retryAfter when it may; empty where that is not known
 */
public record ApiError(
    int status,
    String type,
    String code,
    Optional<String> param,
    String message,
    boolean retryable,
    Optional<Duration> retryAfter) {

  private static final String INVALID = "invalid_request_error";
  private static final String INVALID_VALUE = "invalid_value";
  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final Duration RETRY = Duration.ofSeconds(1);

  /** A parameter whose value cannot be. */
  public static ApiError invalid(String param, String message) {
    return refused(BAD_REQUEST, INVALID_VALUE, Optional.of(param), message);
  }

  /** A parameter that this service does not offer. */
  public static ApiError unsupported(String param, String message) {
    return refused(BAD_REQUEST, "unsupported_parameter", Optional.of(param), message);
  }

  /** A body that cannot be read at all. */
  static ApiError malformed(Optional<String> param, String message) {
    return refused(BAD_REQUEST, "malformed_json", param, message);
  }

  /** A model that nobody offers. */
  public static ApiError unknownModel(String model) {
    return refused(
        NOT_FOUND,
        "model_not_found",
        Optional.of("model"),
        "model: " + BodyFields.printable(model) + " (expected: a model of GET /v1/models)");
  }

  /**
   * Refused before it became a request of this service.
   *
   * @param code for programs
   */
  public static ApiError refused(int status, String code, Optional<String> param, String message) {
    return new ApiError(status, INVALID, code, param, message, false, Optional.empty());
  }

  /** As the other, with the names of a completion. */
  public static ApiError of(InvalidRequestException e, CompletionKind kind) {
    return of(e, ParameterNames.of(kind));
  }

  /** Where several things are wrong, the first one's parameter is named. */
  public static ApiError of(InvalidRequestException e, ParameterNames names) {
    FailureCode code = e.failure().code();
    return refused(
        code.http(),
        code == FailureCode.INVALID_REQUEST ? INVALID_VALUE : name(code),
        e.mistakes().stream().findFirst().map(mistake -> names.of(mistake.field())),
        e.mistakes().stream().map(names::problem).collect(Collectors.joining("; ")));
  }

  /** The one mapping of failures. */
  public static ApiError of(Failure failure) {
    FailureCode code = failure.code();
    Optional<Duration> hinted = failure.hint().flatMap(Failure.Hint::retryAfter);
    return new ApiError(
        code.http(),
        type(code),
        name(code),
        code == FailureCode.UNKNOWN_CAPABILITY ? Optional.of("model") : Optional.empty(),
        failure.message(),
        code.retryable(),
        code.retryable() && hinted.isEmpty() ? Optional.of(RETRY) : hinted);
  }

  private static String type(FailureCode code) {
    return switch (code) {
      case INVALID_REQUEST,
          TOO_LARGE,
          CONTEXT_LENGTH_EXCEEDED,
          UNAUTHENTICATED,
          UNKNOWN_CAPABILITY,
          REQUEST_NOT_FOUND,
          SESSION_NOT_FOUND,
          KEY_NOT_FOUND,
          OBJECT_NOT_FOUND,
          OBJECT_CORRUPT,
          IDEMPOTENCY_CONFLICT,
          RESUME_EXPIRED,
          UNIMPLEMENTED ->
          INVALID;
      case PERMISSION_DENIED -> "permission_error";
      case RATE_LIMITED -> "rate_limit_error";
      case QUOTA_EXHAUSTED -> "insufficient_quota";
      case OVERLOADED,
          DEADLINE_EXCEEDED,
          CANCELLED,
          NO_WORKER,
          BROKER_UNAVAILABLE,
          STORE_UNAVAILABLE,
          SHUTTING_DOWN,
          ENGINE_FAILED,
          ATTEMPTS_EXHAUSTED,
          INTERNAL ->
          "server_error";
    };
  }

  /** OpenAI's name where it has one. */
  private static String name(FailureCode code) {
    return switch (code) {
      case UNAUTHENTICATED -> "invalid_api_key";
      case UNKNOWN_CAPABILITY -> "model_not_found";
      case RATE_LIMITED -> "rate_limit_exceeded";
      case QUOTA_EXHAUSTED -> "insufficient_quota";
      case INVALID_REQUEST,
          TOO_LARGE,
          CONTEXT_LENGTH_EXCEEDED,
          PERMISSION_DENIED,
          REQUEST_NOT_FOUND,
          SESSION_NOT_FOUND,
          KEY_NOT_FOUND,
          OBJECT_NOT_FOUND,
          OBJECT_CORRUPT,
          IDEMPOTENCY_CONFLICT,
          RESUME_EXPIRED,
          OVERLOADED,
          DEADLINE_EXCEEDED,
          CANCELLED,
          NO_WORKER,
          BROKER_UNAVAILABLE,
          STORE_UNAVAILABLE,
          SHUTTING_DOWN,
          ENGINE_FAILED,
          ATTEMPTS_EXHAUSTED,
          INTERNAL,
          UNIMPLEMENTED ->
          code.name().toLowerCase(Locale.ROOT);
    };
  }
}
