package io.anyserve.worker.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.answer.ToolCallDelta;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ToolCallIdsTest {

  private static final RequestId REQUEST = new RequestId(1, 2);

  @Test
  void idsAreAFunctionOfRequestAndIndex() {
    String id = ToolCallIds.of(REQUEST, 0);

    assertTrue(id.matches("call_[0-9A-Za-z]{24}"), id);
    assertEquals(id, ToolCallIds.of(new RequestId(1, 2), 0));
    assertNotEquals(id, ToolCallIds.of(REQUEST, 1));
    assertNotEquals(id, ToolCallIds.of(new RequestId(1, 3), 0));
  }

  @Test
  void onlyTheFirstDeltaOfACallGetsOne() {
    var begins = new ToolCallDelta(1, "", "time", "{");
    var goesOn = new ToolCallDelta(1, "", "", "}");
    AnswerDelta assigned =
        ToolCallIds.assign(REQUEST, new AnswerDelta("a", "b", List.of(begins, goesOn)));

    assertEquals(
        new AnswerDelta(
            "a",
            "b",
            List.of(new ToolCallDelta(1, ToolCallIds.of(REQUEST, 1), "time", "{"), goesOn)),
        assigned);
    AnswerDelta text = AnswerDelta.text("a");
    assertSame(text, ToolCallIds.assign(REQUEST, text));
  }
}
