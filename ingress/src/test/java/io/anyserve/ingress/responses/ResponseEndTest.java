package io.anyserve.ingress.responses;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.ingress.responses.output.OutputItem;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ResponseEndTest {

  private static final TokenUsage USAGE = new TokenUsage(3, 2, 1);

  @ParameterizedTest
  @CsvSource({"STOP, COMPLETED", "LENGTH, INCOMPLETE"})
  void anAnswerIsCompleteOrCut(FinishReason reason, ResponseStatus status) {
    var finished = new Finished(reason, USAGE, Optional.empty(), Duration.ZERO);
    assertEquals(
        new ResponseEnd(status, OutputItem.text("text"), USAGE, Optional.empty()),
        ResponseEnd.of(finished, OutputItem.text("text")));
  }

  @ParameterizedTest
  @CsvSource({
    "EXPLICIT, CANCELLED, ",
    "CLIENT_GONE, CANCELLED, ",
    "DEADLINE, FAILED, DEADLINE_EXCEEDED",
    "QUOTA, FAILED, QUOTA_EXHAUSTED"
  })
  void whatWasStoppedWasCancelledOrFailed(
      CancelReason reason, ResponseStatus status, @Nullable FailureCode code) {
    ResponseEnd end =
        ResponseEnd.of(new Cancelled(reason, USAGE, Optional.empty()), OutputItem.text("text"));
    assertEquals(status, end.status());
    assertEquals(OutputItem.text("text"), end.output());
    assertEquals(USAGE, end.usage());
    assertEquals(Optional.ofNullable(code), end.failure().map(Failure::code));
  }

  @Test
  void aFailureIsKept() {
    var failure = new Failure(FailureCode.ENGINE_FAILED, "as told");
    assertEquals(
        new ResponseEnd(
            ResponseStatus.FAILED, OutputItem.text("text"), USAGE, Optional.of(failure)),
        ResponseEnd.of(new Failed(failure, USAGE, Optional.empty()), OutputItem.text("text")));
  }
}
