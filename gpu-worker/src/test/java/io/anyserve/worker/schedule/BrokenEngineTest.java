package io.anyserve.worker.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.worker.TestRequests;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BrokenEngineTest {

  private static final Map<String, String> POISONED =
      Map.of("fail-on", "poison", "fault-after", "2");

  private static InferenceRequest request(long number, String prompt) {
    return TestRequests.interactive(number, prompt, 9);
  }

  private static void assertPoisonFound(TestScheduler test, InferenceRequest poison) {
    var failed = assertInstanceOf(Failed.class, test.of(poison).getLast());
    assertEquals(FailureCode.ENGINE_FAILED, failed.failure().code());
    assertEquals(new TokenUsage(1, 2, 0), failed.usage());
  }

  private static void assertUnharmed(TestScheduler test, InferenceRequest request) {
    var undisturbed = new TestScheduler(1, Map.of());
    undisturbed.submit(request);
    undisturbed.finish();
    assertEquals(undisturbed.text(request), test.text(request));
    assertEquals(9, test.chunks(request));
    assertInstanceOf(Finished.class, test.of(request).getLast());
    List<TokenEvent> events = test.of(request);
    assertEquals(1, events.stream().filter(Started.class::isInstance).count());
    assertEquals(1, events.stream().filter(Terminal.class::isInstance).count());
  }

  @Test
  void onlyTheSequenceAtWhichTheEngineBreaksFails() {
    for (int place = 0; place < 4; place++) {
      var test = new TestScheduler(4, POISONED);
      int poisoned = place;
      List<InferenceRequest> all =
          IntStream.range(0, 4)
              .mapToObj(i -> request(i + 1, i == poisoned ? "poison" : "neighbour " + i))
              .toList();
      all.forEach(test::submit);
      test.finish();
      assertPoisonFound(test, all.get(place));
      all.stream()
          .filter(one -> !one.equals(all.get(poisoned)))
          .forEach(one -> assertUnharmed(test, one));
    }
  }

  @Test
  void severalAreFoundOneAfterTheOther() {
    var test = new TestScheduler(4, POISONED);
    InferenceRequest first = request(1, "poison");
    InferenceRequest second = request(2, "neighbour");
    InferenceRequest third = request(3, "poison");
    List.of(first, second, third).forEach(test::submit);
    test.finish();
    assertPoisonFound(test, first);
    assertUnharmed(test, second);
    assertPoisonFound(test, third);
  }

  @Test
  void whatArrivesMeanwhileWaitsAndIsAnswered() {
    var test = new TestScheduler(2, POISONED);
    test.submit(request(1, "poison"));
    test.submit(request(2, "neighbour"));
    test.step();
    test.step();
    test.step();
    InferenceRequest next = request(3, "next");
    test.submit(next);
    test.finish();
    assertUnharmed(test, next);
  }

  @Test
  void aSuspectMayBeCancelledWhileItWaits() {
    var test = new TestScheduler(2, POISONED);
    InferenceRequest poison = request(1, "poison");
    InferenceRequest neighbour = request(2, "neighbour");
    test.submit(poison);
    test.submit(neighbour);
    test.step();
    test.step();
    test.step();
    for (InferenceRequest suspect : List.of(poison, neighbour)) {
      test.inbox.tell(new SchedulerCommand.Cancel(suspect.id(), CancelReason.EXPLICIT));
    }
    InferenceRequest next = request(3, "next");
    test.submit(next);
    test.finish();
    var cancelled = assertInstanceOf(Cancelled.class, test.of(neighbour).getLast());
    assertEquals(new TokenUsage(1, 2, 0), cancelled.usage());
    assertUnharmed(test, next);
  }

  @Test
  void anEngineThatAlwaysBreaksFailsAllThatWasInIt() {
    var test = new TestScheduler(8, Map.of("fail-on", "r"));
    List<InferenceRequest> all =
        IntStream.range(0, 8).mapToObj(i -> request(i + 1, "neighbour " + i)).toList();
    all.forEach(test::submit);
    test.finish();
    for (InferenceRequest one : all) {
      var failed = assertInstanceOf(Failed.class, test.of(one).getLast());
      assertEquals(FailureCode.ENGINE_FAILED, failed.failure().code());
    }
  }
}
