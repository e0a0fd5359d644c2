package io.anyserve.worker.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.worker.TestRequests;
import io.anyserve.worker.engine.Engine;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine's memory is full before its slots are. */
final class FullMemoryTest {

  private static final Map<String, String> TEN_A_SECOND = Map.of("token-rate", "10");
  private static final long STEP = 100_000_000L;

  private final List<PagedEngine> engines = new ArrayList<>();

  private TestScheduler scheduler(int slots, int room) {
    return new TestScheduler(slots, TEN_A_SECOND, simulated -> paged(simulated, room));
  }

  private PagedEngine paged(Engine simulated, int room) {
    engines.add(new PagedEngine(simulated, room));
    return engines.getLast();
  }

  private static void step(TestScheduler test) {
    test.step();
    test.nanos += STEP;
  }

  @Test
  void whoeverBeganLastWaitsAndGoesOnBehindItsTokens() {
    var test = scheduler(4, 30);
    List<InferenceRequest> requests = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      requests.add(TestRequests.interactive(i, "Once upon a time", 15));
      test.submit(requests.getLast());
    }
    while (test.of(requests.getFirst()).stream().noneMatch(Finished.class::isInstance)) {
      step(test);
    }
    assertTrue(test.meters.preemptions().count() >= 1);
    assertFalse(test.of(requests.getLast()).getLast() instanceof Finished);
    test.finish();
    requests.forEach(request -> assertEquals(alone(request), test.text(request)));
  }

  /** It is asked for only when another one has left. */
  @Test
  void aLargePromptWaitsForRoomAndIsNotOvertaken() {
    var test = scheduler(4, 20);
    var first = TestRequests.interactive(1, "Once upon a time", 10);
    var large = TestRequests.interactive(2, "word ".repeat(17), 2);
    var small = TestRequests.interactive(3, "Once", 2);
    List.of(first, large, small).forEach(test::submit);
    for (int i = 0; i < 5; i++) {
      step(test);
    }
    assertEquals(1, engines.getLast().refusals);
    assertTrue(test.of(large).isEmpty() && test.of(small).isEmpty());
    test.finish();
    List.of(first, large, small)
        .forEach(one -> assertInstanceOf(Finished.class, test.of(one).getLast()));
  }

  @Test
  void anInteractiveSequenceTakesTheMemoryOfBatchSequences() {
    var test = scheduler(4, 20);
    var batch = TestRequests.batch(1, "Once upon a time", 12);
    var urgent = TestRequests.interactive(2, "word ".repeat(12), 3);
    test.submit(batch);
    step(test);
    step(test);
    test.submit(urgent);
    while (test.of(urgent).stream().noneMatch(Finished.class::isInstance)) {
      step(test);
      assertFalse(test.of(batch).getLast() instanceof Terminal);
    }
    test.finish();
    assertEquals(alone(batch), test.text(batch));
  }

  /** A batch sequence that waited for long keeps its memory for its turn, and no longer. */
  @Test
  void anInteractiveSequenceThatWasRefusedTakesItWhenTheTurnIsOver() {
    var test = scheduler(4, 20);
    var first = TestRequests.interactive(1, "Once", 110);
    var batch = TestRequests.batch(2, "word ".repeat(19), 200);
    var urgent = TestRequests.interactive(3, "word ".repeat(12), 3);
    List.of(first, batch).forEach(test::submit);
    while (test.of(batch).isEmpty()) {
      step(test);
    }
    test.submit(urgent);
    step(test);
    assertTrue(test.of(urgent).isEmpty(), "it waits for the turn");
    for (int i = 0; i < 30; i++) {
      step(test);
    }
    assertInstanceOf(Finished.class, test.of(urgent).getLast());
    assertFalse(test.of(batch).getLast() instanceof Terminal);
    test.finish();
    assertEquals(alone(batch), test.text(batch));
  }

  @Test
  void anEngineWithoutRoomForOneAloneFailsIt() {
    var test = scheduler(4, PagedEngine.NONE_AT_ALL);
    var request = TestRequests.interactive(1, "Once", 3);
    test.submit(request);
    step(test);
    assertInstanceOf(Failed.class, test.of(request).getLast());
    assertEquals(0, test.scheduler.load());
  }

  /** Random arrivals and cancellations: each ends once, with the text that it has alone. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void nothingIsLostAndNobodyStarves(long seed) {
    var random = new Random(seed);
    var test = scheduler(2 + random.nextInt(6), 40 + random.nextInt(60));
    List<InferenceRequest> requests = new ArrayList<>();
    Set<InferenceRequest> cancelled = new HashSet<>();
    for (int i = 0; i < 2_000 && (requests.size() < 60 || test.scheduler.load() > 0); i++) {
      if (requests.size() < 60 && random.nextInt(3) == 0) {
        requests.add(request(requests.size(), random));
        test.submit(requests.getLast());
      }
      if (!requests.isEmpty() && random.nextInt(20) == 0) {
        InferenceRequest one = requests.get(random.nextInt(requests.size()));
        if (!ended(test, one)) {
          cancelled.add(one);
          test.inbox.tell(new SchedulerCommand.Cancel(one.id(), CancelReason.EXPLICIT));
        }
      }
      step(test);
    }
    assertEquals(0, engines.getLast().cacheUse().running(), "tokens without a sequence");
    assertTrue(test.meters.preemptions().count() > 0 && engines.getLast().refusals > 0);
    for (InferenceRequest request : requests) {
      List<TokenEvent> events = test.of(request);
      assertEquals(1, events.stream().filter(Terminal.class::isInstance).count());
      if (cancelled.contains(request)) {
        assertInstanceOf(Cancelled.class, events.getLast());
        assertTrue(alone(request).startsWith(test.text(request)));
      } else {
        assertEquals(alone(request), test.text(request));
      }
    }
  }

  private static InferenceRequest request(long number, Random random) {
    String prompt = "word ".repeat(1 + random.nextInt(20)) + number;
    int tokens = 1 + random.nextInt(20);
    return random.nextInt(3) == 0
        ? TestRequests.batch(number, prompt, tokens)
        : TestRequests.interactive(number, prompt, tokens);
  }

  private static boolean ended(TestScheduler test, InferenceRequest request) {
    List<TokenEvent> events = test.of(request);
    return !events.isEmpty() && events.getLast() instanceof Terminal;
  }

  private static String alone(InferenceRequest request) {
    var test = new TestScheduler(1, Map.of("token-rate", "1000"));
    test.submit(request);
    test.finish();
    return test.text(request);
  }
}
