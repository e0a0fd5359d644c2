package io.anyserve.metering.query.codec;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.metering.query.PartitionOwners;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What callers are told when something goes wrong, and what other instances told. */
public final class ApiErrors {

  private static final Logger log = LoggerFactory.getLogger(ApiErrors.class);

  private ApiErrors() {}

  /** A fault that nobody foresaw is logged here and told without its details. */
  public static Failure of(Throwable thrown) {
    return switch (thrown) {
      case FailureException e -> e.failure();
      case IllegalArgumentException e ->
          new Failure(FailureCode.INVALID_REQUEST, String.valueOf(e.getMessage()));
      default -> {
        log.error("A usage query failed unexpectedly", thrown);
        yield Failure.unforeseen();
      }
    };
  }

  public static StatusRuntimeException status(Throwable thrown) {
    return GrpcStatuses.exception(of(thrown), Map.of());
  }

  /** What another instance meant; one that cannot be reached may be back soon. */
  public static FailureException of(
      StatusRuntimeException thrown, PartitionOwners.Address address) {
    return GrpcStatuses.read(thrown)
        .map(failure -> new FailureException(failure, thrown))
        .orElseGet(() -> unknown(thrown, address));
  }

  private static FailureException unknown(
      StatusRuntimeException thrown, PartitionOwners.Address address) {
    Status.Code code = thrown.getStatus().getCode();
    boolean cancelled = code == Status.Code.CANCELLED;
    return new FailureException(
        cancelled ? FailureCode.CANCELLED : FailureCode.STORE_UNAVAILABLE,
        "usage: the instance at " + address + " does not answer (" + code + ")",
        thrown);
  }
}
