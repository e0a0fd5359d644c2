package io.anyserve.worker.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.worker.TestRequests;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class PriorityTest {

  private static final long SECOND = 1_000_000_000L;
  private static final long STEP = SECOND / 10;
  private static final Map<String, String> TEN_A_SECOND = Map.of("token-rate", "10");

  private final TestScheduler test = new TestScheduler(1, TEN_A_SECOND);
  private long number = 1;

  private InferenceRequest interactive(int tokens) {
    InferenceRequest request = TestRequests.interactive(++number, "now", tokens);
    test.submit(request);
    return request;
  }

  private void pass(long nanos) {
    for (long until = test.nanos + nanos; test.nanos < until; test.nanos += STEP) {
      test.step();
    }
  }

  @Test
  void anInteractiveRequestTakesTheSlotAtTheNextStep() {
    test.submit(TestRequests.batch(1, "later", 400));
    pass(SECOND);
    InferenceRequest urgent = interactive(5);
    test.step();
    assertEquals(1, test.chunks(urgent));
  }

  @Test
  void batchWorkThatWaitedForLongGetsATurnThatInteractiveWorkWaitsFor() {
    InferenceRequest later = TestRequests.batch(1, "later", 60);
    test.submit(later);
    pass(SECOND);
    long before = test.chunks(later);
    for (int i = 0; i < 12; i++) {
      interactive(10);
    }
    pass(9 * SECOND);
    assertEquals(before, test.chunks(later));
    pass(3 * SECOND + STEP);
    long turn = test.chunks(later) - before;
    assertTrue(turn >= 15 && turn <= 25, "tokens in its turn: " + turn);
    InferenceRequest urgent = interactive(5);
    pass(20 * SECOND);
    assertInstanceOf(Finished.class, test.of(urgent).getLast());
    test.finish();
    assertInstanceOf(Finished.class, test.of(later).getLast());
    assertEquals(60, test.chunks(later));
  }

  @Test
  void underSteadyPressureBothGoOn() {
    InferenceRequest later = TestRequests.batch(1, "later", 60);
    test.submit(later);
    pass(SECOND);
    long longestWait = 0;
    for (int i = 0; i < 60; i++) {
      InferenceRequest urgent = interactive(9);
      long submitted = test.nanos;
      while (test.of(urgent).isEmpty()) {
        pass(STEP);
      }
      longestWait = Math.max(longestWait, test.nanos - submitted);
      interactive(9);
      pass(SECOND);
    }
    assertTrue(test.chunks(later) > 40, "batch tokens: " + test.chunks(later));
    assertTrue(longestWait <= 6 * SECOND, "longest wait: " + longestWait);
  }

  @Test
  void aBatchSequenceThatMadeRoomOftenIsWrittenAsIfItNeverHad() {
    InferenceRequest later = TestRequests.batch(1, "later", 80);
    var undisturbed = new TestScheduler(1, Map.of());
    undisturbed.submit(later);
    undisturbed.finish();
    test.submit(later);
    for (int i = 0; i < 20; i++) {
      pass(3 * STEP);
      interactive(2);
      pass(3 * STEP);
    }
    test.finish();
    assertEquals(undisturbed.text(later), test.text(later));
    assertEquals(undisturbed.of(later).size(), test.of(later).size());
  }

  @Test
  void aCancelledSequenceGivesItsSlotAtOnce() {
    InferenceRequest runs = interactive(50);
    pass(SECOND);
    InferenceRequest waits = interactive(5);
    test.step();
    long written = test.chunks(runs);
    test.inbox.tell(new SchedulerCommand.Cancel(runs.id(), CancelReason.EXPLICIT));
    test.step();
    var cancelled = assertInstanceOf(Cancelled.class, test.of(runs).getLast());
    assertEquals(new TokenUsage(1, written, 0), cancelled.usage());
    assertEquals(1, test.chunks(waits));
  }

  @Test
  void aDeadlineStopsWhatRunsAndWhatWaitsWithinAStep() {
    List<InferenceRequest> late =
        LongStream.of(11, 12)
            .mapToObj(i -> TestRequests.until(i, "p", 50, TestRequests.NOW.plusSeconds(1)))
            .toList();
    late.forEach(test::submit);
    pass(SECOND / 2);
    test.now = TestRequests.NOW.plusSeconds(1);
    test.step();
    long written = test.chunks(late.getFirst());
    for (InferenceRequest request : late) {
      var cancelled = assertInstanceOf(Cancelled.class, test.of(request).getLast());
      assertEquals(CancelReason.DEADLINE, cancelled.reason());
    }
    assertEquals(5, written);
    assertEquals(1, test.of(late.getLast()).size());
    assertEquals(0, test.scheduler.load());
  }

  @Test
  void aRequestThatExpiresWhileTheEngineIsLoadedIsNotBegun() {
    var loading = new TestScheduler(1, Map.of());
    InferenceRequest late = TestRequests.until(1, "p", 5, TestRequests.NOW.plusSeconds(1));
    loading.submit(late);
    loading.nowAfterLoad = TestRequests.NOW.plusSeconds(2);
    loading.step();
    var cancelled = assertInstanceOf(Cancelled.class, loading.of(late).getLast());
    assertEquals(TokenUsage.NONE, cancelled.usage());
    assertEquals(1, loading.of(late).size());
  }

  @Test
  void afterAFreezeWhatRunsIsLookedAtAgain() {
    InferenceRequest runs = interactive(50);
    interactive(50);
    test.step();
    test.inbox.tell(new SchedulerCommand.VerifyOwnership());
    test.step();
    assertEquals(
        List.of(runs.id()),
        test.takeover.rechecked().stream().map(work -> work.stream().request().id()).toList());
  }
}
