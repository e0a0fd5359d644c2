package io.anyserve.contracts.codec;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Failures as gRPC statuses in the rich error model: an {@code ErrorInfo} whose reason is the name
 * of the failure code, and a {@code RetryInfo} where the same request may succeed a little later.
 */
public final class GrpcStatuses {

  public static final String DOMAIN = "anyserve";

  private static final java.time.Duration RETRY = java.time.Duration.ofSeconds(1);

  private GrpcStatuses() {}

  /**
   * The failure for a gRPC caller.
   *
   * @param about metadata of the error info, such as {@code request_id}
   * @param details more of them, such as a {@code BadRequest}
   */
  public static StatusRuntimeException exception(
      Failure failure, Map<String, String> about, Message... details) {
    Map<String, String> all = new HashMap<>(about);
    failure.hint().ifPresent(hint -> all.putAll(hint.about()));
    var status =
        Status.newBuilder()
            .setCode(failure.code().grpc().value())
            .setMessage(failure.message())
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setReason(failure.code().name())
                        .setDomain(DOMAIN)
                        .putAllMetadata(all)
                        .build()));
    retryAfter(failure).ifPresent(after -> status.addDetails(Any.pack(retryInfo(after))));
    for (Message detail : details) {
      status.addDetails(Any.pack(detail));
    }
    return StatusProto.toStatusRuntimeException(status.build());
  }

  /** What a service of this domain meant; empty when the status came from elsewhere. */
  public static Optional<Failure> read(StatusRuntimeException exception) {
    @Nullable Status status = StatusProto.fromThrowable(exception);
    return status == null
        ? Optional.empty()
        : detail(status, ErrorInfo.class)
            .filter(info -> info.getDomain().equals(DOMAIN))
            .flatMap(info -> code(info.getReason()))
            .map(code -> new Failure(code, status.getMessage()));
  }

  /** The first detail of that kind. */
  public static <T extends Message> Optional<T> detail(Status status, Class<T> kind) {
    for (Any detail : status.getDetailsList()) {
      if (detail.is(kind)) {
        try {
          return Optional.of(detail.unpack(kind));
        } catch (InvalidProtocolBufferException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<FailureCode> code(String reason) {
    for (FailureCode code : FailureCode.values()) {
      if (code.name().equals(reason)) {
        return Optional.of(code);
      }
    }
    return Optional.empty();
  }

  private static Optional<java.time.Duration> retryAfter(Failure failure) {
    Optional<java.time.Duration> hinted = failure.hint().flatMap(Failure.Hint::retryAfter);
    return failure.code().retryable() && hinted.isEmpty() ? Optional.of(RETRY) : hinted;
  }

  private static RetryInfo retryInfo(java.time.Duration after) {
    return RetryInfo.newBuilder()
        .setRetryDelay(Duration.newBuilder().setSeconds(after.plusMillis(999).toSeconds()))
        .build();
  }
}
