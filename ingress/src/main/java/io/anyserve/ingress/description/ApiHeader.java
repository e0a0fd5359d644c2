package io.anyserve.ingress.description;

import java.util.List;

/** Headers of calls and of their answers that mean something here. */
enum ApiHeader {
  SESSION(
      "anyserve-session",
      Schema.string(
              "The session to which usage is added; one of its own where this is missing or empty.")
          .pattern("^([A-Za-z0-9][A-Za-z0-9._:-]{0,127})?$")),
  IDEMPOTENCY_KEY(
      "Idempotency-Key",
      Schema.string("The same key with the same body is one request with one answer and one bill.")
          .pattern("^[ -~]{1,255}$")),
  LAST_EVENT_ID("Last-Event-ID", Schema.string("The `id` of the last event that came.")),
  TRACE_PARENT("traceparent", Schema.string("W3C trace context; anything else is left out.")),
  REQUEST_ID("x-request-id", Schema.string("The request, also over gRPC.")),
  LIMIT(
      "x-ratelimit-limit-requests",
      Schema.integer("Of the tightest limit; also `-tokens` or `-cost`.")),
  REMAINING("x-ratelimit-remaining-requests", Schema.integer("What is left of it.")),
  RESET("x-ratelimit-reset-requests", Schema.string("When it is whole again, such as `6m0s`.")),
  SHOULD_RETRY(
      "x-should-retry",
      Schema.string("Whether the same call may succeed later.").values("true", "false")),
  RETRY_AFTER("Retry-After", Schema.integer("Seconds until it may.").atLeast(0)),
  RETRY_AFTER_MS("retry-after-ms", Schema.integer("The same in milliseconds.").atLeast(1)),
  AUTHENTICATE("WWW-Authenticate", Schema.constant("Bearer")),
  ENTITY_TAG("ETag", Schema.string("Changes with the content.")),
  IF_NONE_MATCH("If-None-Match", Schema.string("The `ETag` of a copy that the caller has."));

  static final List<ApiHeader> OF_CALLS = List.of(REQUEST_ID, LIMIT, REMAINING, RESET);

  static final List<ApiHeader> OF_REQUESTS = List.of(REQUEST_ID, SESSION, LIMIT, REMAINING, RESET);

  static final List<ApiHeader> OF_ERRORS =
      List.of(REQUEST_ID, SHOULD_RETRY, RETRY_AFTER, RETRY_AFTER_MS);

  private final String header;

  @SuppressWarnings("ImmutableEnumChecker") // Nobody changes a schema that is put together.
  private final Schema schema;

  ApiHeader(String header, Schema schema) {
    this.header = header;
    this.schema = schema;
  }

  /** As it is written in a head. */
  String header() {
    return header;
  }

  Schema schema() {
    return schema;
  }
}
