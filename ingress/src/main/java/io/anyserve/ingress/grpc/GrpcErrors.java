package io.anyserve.ingress.grpc;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.BadRequest.FieldViolation;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.ingress.admission.InvalidRequestException;
import io.anyserve.objects.ObjectStoreException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a gRPC caller is told when something goes wrong. */
final class GrpcErrors {

  private static final Logger log = LoggerFactory.getLogger(GrpcErrors.class);

  private static final int LONGEST = 600;

  private GrpcErrors() {}

  static StatusRuntimeException of(Failure failure) {
    return GrpcStatuses.exception(shortened(failure), Map.of());
  }

  static StatusRuntimeException of(Failure failure, RequestId request) {
    return GrpcStatuses.exception(shortened(failure), Map.of("request_id", request.toString()));
  }

  /**
   * More than the transport takes: as gRPC itself says it where no service is asked, with the code
   * in the details as always.
   */
  static StatusRuntimeException overLimit(Failure failure) {
    return StatusProto.toStatusRuntimeException(
        Status.newBuilder()
            .setCode(io.grpc.Status.Code.RESOURCE_EXHAUSTED.value())
            .setMessage(failure.message())
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setReason(failure.code().name())
                        .setDomain(GrpcStatuses.DOMAIN)
                        .build()))
            .build());
  }

  /** A caller takes 8 KiB of trailers, and the message is in them twice. */
  private static Failure shortened(Failure failure) {
    String message = failure.message();
    return message.length() <= LONGEST
        ? failure
        : new Failure(failure.code(), message.substring(0, LONGEST) + "...", failure.hint());
  }

  /** A fault that nobody foresaw is logged here and told without its details. */
  static StatusRuntimeException of(Throwable thrown) {
    return switch (thrown) {
      case FailureException e -> of(e.failure());
      case InvalidRequestException e ->
          GrpcStatuses.exception(e.failure(), Map.of(), violations(e));
      case ObjectStoreException e -> of(e.failure());
      case UploadEndedException e -> of(e.failure());
      case IOException e ->
          of(new Failure(FailureCode.STORE_UNAVAILABLE, "the object store failed: " + e));
      case IllegalArgumentException e ->
          of(new Failure(FailureCode.INVALID_REQUEST, String.valueOf(e.getMessage())));
      default -> {
        log.error("A call failed unexpectedly", thrown);
        yield of(Failure.unforeseen());
      }
    };
  }

  private static BadRequest violations(InvalidRequestException e) {
    var request = BadRequest.newBuilder();
    e.mistakes()
        .forEach(
            mistake ->
                request.addFieldViolations(
                    FieldViolation.newBuilder()
                        .setField(mistake.field())
                        .setDescription(mistake.problem())));
    return request.build();
  }
}
