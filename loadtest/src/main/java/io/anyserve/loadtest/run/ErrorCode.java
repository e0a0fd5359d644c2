package io.anyserve.loadtest.run;

import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.loadtest.RefusedException;
import io.anyserve.loadtest.targets.SubmissionException;
import io.grpc.StatusRuntimeException;
import java.util.Locale;

/** What a failed request counts under. */
final class ErrorCode {

  private ErrorCode() {}

  /** The failure code of the service, else gRPC's status or the kind of the exception. */
  static String of(Throwable cause) {
    return switch (cause) {
      case StatusRuntimeException call ->
          GrpcStatuses.read(call)
              .map(failure -> failure.code().name())
              .orElseGet(() -> "gRPC " + call.getStatus().getCode());
      case RefusedException refused when !refused.code().isEmpty() ->
          refused.code().toUpperCase(Locale.ROOT);
      case SubmissionException submission -> submission.code();
      default -> cause.getClass().getSimpleName();
    };
  }
}
