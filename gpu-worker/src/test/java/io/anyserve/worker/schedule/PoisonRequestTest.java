package io.anyserve.worker.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.runtime.Health;
import io.anyserve.worker.TestRequests;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever fails at one request ends that request alone: the scheduler and the others go on. */
@Timeout(30)
final class PoisonRequestTest {

  private final TestScheduler test = new TestScheduler(2, Map.of());
  private final InferenceRequest poison = TestRequests.interactive(1, "poison", 9);
  private final InferenceRequest good = TestRequests.interactive(2, "a good one", 9);

  private void assertGivenUpAlone() {
    test.submit(good);
    test.finish();
    assertEquals(
        List.of(poison.id()),
        test.takeover.givenUp().keySet().stream()
            .map(work -> work.stream().request().id())
            .toList());
    assertInstanceOf(Finished.class, test.of(good).getLast());
    assertEquals(9, test.chunks(good));
  }

  private void breakAt(Class<?> kind, Error error) {
    RequestId id = poison.id();
    test.breakable.breakAt(
        (stream, event) -> stream.request().id().equals(id) && kind.isInstance(event), error);
  }

  @Test
  void aStartThatCannotBeWrittenEndsItsRequest() {
    breakAt(Started.class, new StackOverflowError());
    test.submit(poison);
    assertGivenUpAlone();
  }

  @Test
  void aChunkThatCannotBeWrittenEndsItsRequestAndNoEngine() {
    breakAt(Chunk.class, new OutOfMemoryError());
    test.submit(poison);
    assertGivenUpAlone();
    assertEquals(1, test.of(poison).size());
  }

  @Test
  void anEndThatCannotBeWrittenEndsItsRequest() {
    breakAt(Terminal.class, new StackOverflowError());
    test.submit(poison);
    assertGivenUpAlone();
  }

  @Test
  void aCancelThatCannotBeWrittenEndsItsRequest() {
    breakAt(Terminal.class, new StackOverflowError());
    test.submit(poison);
    test.inbox.tell(new SchedulerCommand.Cancel(poison.id(), CancelReason.EXPLICIT));
    assertGivenUpAlone();
  }

  @Test
  void anAttemptThatNoEventCanHaveEndsItsRequest() {
    test.submit(poison, Integer.MIN_VALUE);
    assertGivenUpAlone();
  }

  @Test
  void anEngineThatLetsNothingGoBreaksAndItsOtherSequencesGoOn() {
    var stubborn = new TestScheduler(2, Map.of(), StubbornEngine::new);
    stubborn.submit(poison);
    stubborn.submit(good);
    stubborn.step();
    stubborn.inbox.tell(new SchedulerCommand.Cancel(poison.id(), CancelReason.EXPLICIT));
    stubborn.finish();
    assertInstanceOf(Cancelled.class, stubborn.of(poison).getLast());
    assertInstanceOf(Finished.class, stubborn.of(good).getLast());
    assertEquals(9, stubborn.chunks(good));
  }

  @Test
  void aLoopWhoseStepsFailPausesAndGoesOn() throws Exception {
    var readings = new CountDownLatch(4);
    test.breakClocks(3, readings::countDown);
    var changes = new AtomicInteger();
    var loop =
        new SchedulerLoop("scheduler", test.scheduler, test.inbox, false, changes::incrementAndGet);
    Thread thread = Thread.ofPlatform().start(loop);
    readings.await();
    loop.stop();
    thread.join();
    assertEquals(Health.UP, loop.health());
    assertTrue(changes.get() >= 2, "down and up again: " + changes);
  }
}
