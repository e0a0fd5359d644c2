package io.anyserve.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenRecord;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RequestFoldTest {

  private static final TokenRecord UNTAKEN =
      TokenRecord.unassigned(
          new RequestId(1, 2),
          new Cancelled(CancelReason.DEADLINE, TokenUsage.NONE, Optional.empty()));

  @Test
  void whoeverGetsARequestAgainThatNobodyTookEndsItAgain() {
    RequestFold fold = new RequestFold();
    fold.apply(UNTAKEN);
    fold.apply(UNTAKEN);

    assertEquals(1, fold.ends());
    assertTrue(fold.again());
  }
}
