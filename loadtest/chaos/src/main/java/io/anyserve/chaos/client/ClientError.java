package io.anyserve.chaos.client;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a failed call says.
 *
 * @param told by the service; empty where the connection failed
 */
record ClientError(Status.Code status, Optional<FailureCode> told) {

  /** What a good client makes of it. */
  enum Meaning {
    /** It may go well at another door or a little later. */
    PASSES,
    /** The door cannot resume; the request may be well. */
    NO_WAY_BACK,
    NOT_ACCEPTED,
    CANCELLED,
    FAILED
  }

  private static final Set<Status.Code> OF_TRANSPORT =
      EnumSet.of(
          Status.Code.UNAVAILABLE,
          Status.Code.INTERNAL,
          Status.Code.UNKNOWN,
          Status.Code.CANCELLED);

  private static final Set<FailureCode> PASSING =
      EnumSet.of(
          FailureCode.SHUTTING_DOWN,
          FailureCode.BROKER_UNAVAILABLE,
          FailureCode.OVERLOADED,
          FailureCode.RATE_LIMITED);

  /** These pass as long as nothing is accepted; later they are how a request ended. */
  private static final Set<FailureCode> PASSING_BEFORE =
      EnumSet.of(FailureCode.STORE_UNAVAILABLE, FailureCode.NO_WORKER);

  private static final Set<FailureCode> NO_RESUME =
      EnumSet.of(
          FailureCode.UNIMPLEMENTED,
          FailureCode.REQUEST_NOT_FOUND,
          FailureCode.RESUME_EXPIRED,
          FailureCode.INVALID_REQUEST,
          FailureCode.PERMISSION_DENIED);

  private static final int BAD_REQUEST = 400;
  private static final int SERVER_ERROR = 500;

  static ClientError of(StatusRuntimeException failure) {
    return new ClientError(
        failure.getStatus().getCode(), GrpcStatuses.read(failure).map(Failure::code));
  }

  /**
   * What an answer over HTTP says.
   *
   * @param code of the error; empty where the answer names none
   */
  static ClientError ofHttp(int status, String code) {
    Optional<FailureCode> told =
        switch (code) {
          case "" -> Optional.empty();
          case "invalid_api_key" -> Optional.of(FailureCode.UNAUTHENTICATED);
          case "model_not_found" -> Optional.of(FailureCode.UNKNOWN_CAPABILITY);
          case "rate_limit_exceeded" -> Optional.of(FailureCode.RATE_LIMITED);
          case "insufficient_quota" -> Optional.of(FailureCode.QUOTA_EXHAUSTED);
          default ->
              Arrays.stream(FailureCode.values())
                  .filter(known -> known.name().equalsIgnoreCase(code))
                  .findFirst();
        };
    boolean refused = status >= BAD_REQUEST && status < SERVER_ERROR;
    return new ClientError(
        refused ? Status.Code.INVALID_ARGUMENT : Status.Code.UNKNOWN,
        told.or(() -> refused ? Optional.of(FailureCode.INVALID_REQUEST) : Optional.empty()));
  }

  /** The answer that the call resumed has ended with a failure. */
  static ClientError ended() {
    return new ClientError(Status.Code.ABORTED, Optional.empty());
  }

  /** For people: the service's word, else gRPC's. */
  String code() {
    return told.map(Enum::name).orElse(status.name());
  }

  /**
   * What it means for the caller.
   *
   * @param accepted the request was accepted
   * @param resuming the call was to go on with it
   */
  Meaning meaning(boolean accepted, boolean resuming) {
    return told.map(code -> meaning(code, accepted, resuming))
        .orElseGet(() -> ofConnection(accepted));
  }

  private Meaning ofConnection(boolean accepted) {
    if (OF_TRANSPORT.contains(status)) {
      return Meaning.PASSES;
    }
    return accepted ? Meaning.FAILED : Meaning.NOT_ACCEPTED;
  }

  private static Meaning meaning(FailureCode code, boolean accepted, boolean resuming) {
    if (PASSING.contains(code) || (!accepted && PASSING_BEFORE.contains(code))) {
      return Meaning.PASSES;
    }
    if (resuming && NO_RESUME.contains(code)) {
      return Meaning.NO_WAY_BACK;
    }
    if (!accepted) {
      return Meaning.NOT_ACCEPTED;
    }
    return code == FailureCode.CANCELLED || code == FailureCode.DEADLINE_EXCEEDED
        ? Meaning.CANCELLED
        : Meaning.FAILED;
  }
}
