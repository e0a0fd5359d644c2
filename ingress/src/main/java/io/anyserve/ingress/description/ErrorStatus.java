package io.anyserve.ingress.description;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The statuses of failed calls, in the order of their numbers. */
enum ErrorStatus {
  BAD_REQUEST(
      400,
      "`invalid_value`, `unsupported_parameter`, `malformed_json`, `invalid_request`,"
          + " `context_length_exceeded`, `previous_response_not_found`, `duplicate_header`"),
  UNAUTHORIZED(401, "`invalid_api_key`: none, or one that is unknown, disabled or expired"),
  FORBIDDEN(
      403,
      "`permission_denied`: the key has not the scope; `origin_not_allowed`: a page of another"
          + " site"),
  NOT_FOUND(
      404,
      "`model_not_found`, `not_found`, `request_not_found`, `response_not_found`,"
          + " `session_not_found`"),
  REQUEST_TIMEOUT(408, "`request_timeout`: the body came too slowly"),
  GONE(410, "`resume_expired`: the log no longer holds what would have to be sent again"),
  CONTENT_TOO_LARGE(413, "`too_large`"),
  UNSUPPORTED_MEDIA_TYPE(
      415, "`unsupported_media_type`: the body is not `application/json`, or compressed"),
  MISDIRECTED_REQUEST(421, "`misdirected_request`: `Host` names another server"),
  UNPROCESSABLE_CONTENT(
      422, "`idempotency_conflict`: the key was used for another body; `object_corrupt`"),
  TOO_MANY_REQUESTS(429, "`rate_limit_exceeded`, `insufficient_quota`"),
  HEADERS_TOO_LARGE(431, "`headers_too_large`: more than 16 KiB"),
  CANCELLED(499, "`cancelled`"),
  INTERNAL_ERROR(500, "`engine_failed`, `attempts_exhausted`, `internal`"),
  NOT_IMPLEMENTED(501, "`unimplemented`: the model answers with data, not with text"),
  UNAVAILABLE(
      503, "`no_worker`, `overloaded`, `broker_unavailable`, `store_unavailable`, `shutting_down`"),
  DEADLINE_EXCEEDED(504, "`deadline_exceeded`");

  /** Of every call, before a route is looked at. */
  static final Set<ErrorStatus> ALWAYS =
      EnumSet.of(BAD_REQUEST, MISDIRECTED_REQUEST, HEADERS_TOO_LARGE, UNAVAILABLE);

  /** Of a call that needs a key. */
  static final Set<ErrorStatus> WITH_KEY =
      EnumSet.of(UNAUTHORIZED, FORBIDDEN, TOO_MANY_REQUESTS, INTERNAL_ERROR);

  /** Of a call with a body. */
  static final Set<ErrorStatus> WITH_BODY =
      EnumSet.of(REQUEST_TIMEOUT, CONTENT_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE);

  /** Of a request that a worker answers. */
  static final Set<ErrorStatus> WITH_WORKER =
      EnumSet.of(
          NOT_FOUND,
          UNPROCESSABLE_CONTENT,
          CANCELLED,
          INTERNAL_ERROR,
          NOT_IMPLEMENTED,
          DEADLINE_EXCEEDED);

  private final int code;
  private final String codes;

  ErrorStatus(int code, String codes) {
    this.code = code;
    this.codes = codes;
  }

  int code() {
    return code;
  }

  /** Values of {@code error.code} with their reasons. */
  String codes() {
    return codes;
  }

  /** As the document's components name it: {@code BadRequest}. */
  String component() {
    StringBuilder name = new StringBuilder();
    Arrays.stream(name().split("_"))
        .forEach(
            word -> name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT)));
    return name.toString();
  }
}
