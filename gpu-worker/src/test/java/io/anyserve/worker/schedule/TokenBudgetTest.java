package io.anyserve.worker.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.worker.TestRequests;
import io.anyserve.worker.publish.EventStreamWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TokenBudgetTest {

  private final TestScheduler test = new TestScheduler(2, Map.of());

  @ParameterizedTest
  @ValueSource(longs = {4, 5, 9, 12})
  void aStreamEndsBehindTheLastTokenThatFits(long budget) {
    InferenceRequest request = budgeted(1, 10, budget);
    InferenceRequest neighbour = TestRequests.interactive(2, "one two three", 10);
    test.submit(request);
    test.submit(neighbour);
    test.finish();
    Cancelled cancelled = assertInstanceOf(Cancelled.class, test.of(request).getLast());
    assertEquals(CancelReason.QUOTA, cancelled.reason());
    assertEquals(new TokenUsage(3, budget - 3, 0), cancelled.usage());
    assertEquals(budget - 3, test.chunks(request));
    assertInstanceOf(Finished.class, test.of(neighbour).getLast());
  }

  @Test
  void anAnswerThatFitsExactlyFinishes() {
    InferenceRequest request = budgeted(1, 10, 13);
    test.submit(request);
    test.finish();
    Finished finished = assertInstanceOf(Finished.class, test.of(request).getLast());
    assertEquals(new TokenUsage(3, 10, 0), finished.usage());
  }

  @Test
  void aPromptThatIsTooLongIsNotBegun() {
    InferenceRequest request = budgeted(1, 10, 2);
    test.submit(request);
    test.finish();
    Cancelled cancelled = assertInstanceOf(Cancelled.class, test.of(request).getFirst());
    assertEquals(CancelReason.QUOTA, cancelled.reason());
    assertEquals(TokenUsage.NONE, cancelled.usage());
    assertEquals(Optional.of(request.context()), cancelled.context());
    assertEquals(1, test.of(request).size());
  }

  @Test
  void whatOthersWroteCounts() {
    InferenceRequest request = budgeted(1, 10, 8);
    EventStreamWriter stream =
        new EventStreamWriter(request, TestRequests.SOURCE, 2, request.id().low(), test.owner);
    PriorOutput earlier =
        new PriorOutput(3, 2, TokenIds.of(5, 6), AnswerDelta.text("two words"), Optional.empty());
    test.log.fence(stream, TestScheduler.IDENTITY.started(stream, 3), earlier.usage());
    test.inbox.offer(TestRequests.work(stream, earlier));
    test.finish();
    List<TokenEvent> events = test.of(request);
    Cancelled cancelled = assertInstanceOf(Cancelled.class, events.getLast());
    assertEquals(new TokenUsage(3, 5, 0), cancelled.usage());
    assertEquals(3, test.chunks(request));
  }

  private static InferenceRequest budgeted(long number, int maxTokens, long budget) {
    return TestRequests.interactive(number, "one two three", maxTokens)
        .reserved(OptionalLong.of(budget));
  }
}
