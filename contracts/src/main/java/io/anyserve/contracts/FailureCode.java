package io.anyserve.contracts;

import io.grpc.Status;

/** Every way in which a request can be refused or fail, with its gRPC status and HTTP code. */
public enum FailureCode {
  INVALID_REQUEST(Status.Code.INVALID_ARGUMENT, 400, false),
  TOO_LARGE(Status.Code.INVALID_ARGUMENT, 413, false),
  CONTEXT_LENGTH_EXCEEDED(Status.Code.INVALID_ARGUMENT, 400, false),
  UNAUTHENTICATED(Status.Code.UNAUTHENTICATED, 401, false),
  PERMISSION_DENIED(Status.Code.PERMISSION_DENIED, 403, false),
  UNKNOWN_CAPABILITY(Status.Code.NOT_FOUND, 404, false),
  REQUEST_NOT_FOUND(Status.Code.NOT_FOUND, 404, false),
  SESSION_NOT_FOUND(Status.Code.NOT_FOUND, 404, false),
  KEY_NOT_FOUND(Status.Code.NOT_FOUND, 404, false),
  OBJECT_NOT_FOUND(Status.Code.NOT_FOUND, 404, false),
  OBJECT_CORRUPT(Status.Code.DATA_LOSS, 422, false),
  /** The idempotency key was used for something else. */
  IDEMPOTENCY_CONFLICT(Status.Code.ALREADY_EXISTS, 422, false),
  /** The log no longer holds what would have to be replayed. */
  RESUME_EXPIRED(Status.Code.OUT_OF_RANGE, 410, false),
  RATE_LIMITED(Status.Code.RESOURCE_EXHAUSTED, 429, true),
  QUOTA_EXHAUSTED(Status.Code.RESOURCE_EXHAUSTED, 429, false),
  OVERLOADED(Status.Code.RESOURCE_EXHAUSTED, 503, true),
  DEADLINE_EXCEEDED(Status.Code.DEADLINE_EXCEEDED, 504, false),
  CANCELLED(Status.Code.CANCELLED, 499, false),
  NO_WORKER(Status.Code.UNAVAILABLE, 503, true),
  BROKER_UNAVAILABLE(Status.Code.UNAVAILABLE, 503, true),
  STORE_UNAVAILABLE(Status.Code.UNAVAILABLE, 503, true),
  SHUTTING_DOWN(Status.Code.UNAVAILABLE, 503, true),
  /** The engine gave up on this request. */
  ENGINE_FAILED(Status.Code.INTERNAL, 500, false),
  /** Every worker that took the request was lost. */
  ATTEMPTS_EXHAUSTED(Status.Code.ABORTED, 500, false),
  INTERNAL(Status.Code.INTERNAL, 500, false),
  UNIMPLEMENTED(Status.Code.UNIMPLEMENTED, 501, false);

  private final Status.Code grpc;
  private final int http;
  private final boolean retryable;

  FailureCode(Status.Code grpc, int http, boolean retryable) {
    this.grpc = grpc;
    this.http = http;
    this.retryable = retryable;
  }

  public Status.Code grpc() {
    return grpc;
  }

  public int http() {
    return http;
  }

  /** The same request may succeed a little later. */
  public boolean retryable() {
    return retryable;
  }
}
