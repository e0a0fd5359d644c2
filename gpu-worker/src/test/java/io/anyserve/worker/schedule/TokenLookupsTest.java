package io.anyserve.worker.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestKind;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.codec.TokenIdsCodec;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.worker.TestRequests;
import io.anyserve.worker.publish.EventStreamWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TokenLookupsTest {

  private static InferenceRequest tokenize(long number, String text) {
    return TestRequests.interactive(number, text, 1).with(RequestKind.TOKENIZE);
  }

  private static InferenceRequest detokenize(long number, Payload input) {
    return TestRequests.interactive(number, "x", 1).with(input).with(RequestKind.DETOKENIZE);
  }

  @Test
  void tokensAreToldThoughNoSlotIsFree() {
    var test = new TestScheduler(1, Map.of());
    InferenceRequest running = TestRequests.interactive(1, "one", 500);
    test.submit(running);
    test.submit(TestRequests.interactive(2, "two", 500));
    test.step();
    InferenceRequest asked = tokenize(3, "the river");
    test.submit(asked);
    test.step();
    List<TokenEvent> events = test.of(asked);
    assertEquals(0, assertInstanceOf(Started.class, events.getFirst()).promptTokens());
    Chunk chunk = assertInstanceOf(Chunk.class, events.get(1));
    assertEquals(TokenIds.NONE, chunk.tokens());
    assertEquals(TokenIds.of(0, 8), TokenIdsCodec.read(chunk.payload().orElseThrow()));
    Finished finished = assertInstanceOf(Finished.class, events.get(2));
    assertEquals(TokenUsage.NONE, finished.usage());
    assertEquals(3, events.size());
    assertEquals(2, test.chunks(running), "the answer in the slot goes on");
  }

  @Test
  void longListsAreDividedAndGoOnBehindWhatAnEarlierAttemptWrote() {
    var test = new TestScheduler(1, Map.of());
    InferenceRequest asked = tokenize(1, "the ".repeat(40_000));
    var stream = new EventStreamWriter(asked, TestRequests.SOURCE, 2, 77, test.owner);
    var earlier = new PriorOutput(0, 1, TokenIds.NONE, AnswerDelta.NOTHING, Optional.empty());
    assertTrue(test.inbox.offer(TestRequests.work(stream, earlier)));
    test.step();
    List<Chunk> chunks =
        test.of(asked).stream().filter(Chunk.class::isInstance).map(Chunk.class::cast).toList();
    assertEquals(List.of(1L, 2L), chunks.stream().map(Chunk::sequence).toList());
    assertEquals(
        List.of(16_384, 40_000 - 2 * 16_384),
        chunks.stream()
            .map(chunk -> TokenIdsCodec.read(chunk.payload().orElseThrow()).size())
            .toList());
  }

  @Test
  void textIsToldOfTokens() {
    var test = new TestScheduler(1, Map.of());
    InferenceRequest asked = detokenize(1, TokenIdsCodec.write(TokenIds.of(0, 8, 64)));
    test.submit(asked);
    test.step();
    assertEquals("the river <unk>", test.text(asked));
    assertInstanceOf(Finished.class, test.of(asked).getLast());
  }

  @Test
  void whatIsNoListOfTheModelsTokensIsRefused() {
    var test = new TestScheduler(1, Map.of());
    InferenceRequest text = detokenize(1, new Payload.Text("x"));
    InferenceRequest foreign = detokenize(2, TokenIdsCodec.write(TokenIds.of(65)));
    test.submit(text);
    test.submit(foreign);
    test.step();
    assertEquals(
        "input: text (expected: data of the type application/vnd.anyserve.token-ids)",
        refusal(test, text));
    assertEquals("tokens: token 65 (expected: 0 to 64)", refusal(test, foreign));
  }

  private static String refusal(TestScheduler test, InferenceRequest request) {
    Failed failed = assertInstanceOf(Failed.class, test.of(request).getLast());
    assertEquals(FailureCode.INVALID_REQUEST, failed.failure().code());
    return failed.failure().message();
  }

  @Test
  void aCancelledOneIsNotAnswered() {
    var test = new TestScheduler(1, Map.of());
    InferenceRequest asked = tokenize(1, "the");
    test.inbox.tell(new SchedulerCommand.Cancel(asked.id(), CancelReason.EXPLICIT));
    test.step();
    test.submit(asked);
    test.step();
    assertInstanceOf(Cancelled.class, test.of(asked).getLast());
    assertEquals(0, test.chunks(asked));
  }
}
