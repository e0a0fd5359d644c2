package io.anyserve.contracts.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.rpc.RetryInfo;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class GrpcStatusesTest {

  @ParameterizedTest
  @EnumSource(FailureCode.class)
  void everyFailureComesBackAsItWas(FailureCode code) {
    var failure = new Failure(code, "why: 1 (expected: 2)");
    var exception = GrpcStatuses.exception(failure, Map.of("request_id", "r"));
    assertEquals(code.grpc(), exception.getStatus().getCode());
    assertEquals(Optional.of(failure), GrpcStatuses.read(exception));
    var status = Objects.requireNonNull(StatusProto.fromThrowable(exception));
    assertEquals(code.retryable(), GrpcStatuses.detail(status, RetryInfo.class).isPresent());
  }

  @Test
  void aStatusFromElsewhereIsNoneOfOurs() {
    assertEquals(
        Optional.empty(),
        GrpcStatuses.read(Status.UNAVAILABLE.withDescription("x").asRuntimeException()));
  }
}
