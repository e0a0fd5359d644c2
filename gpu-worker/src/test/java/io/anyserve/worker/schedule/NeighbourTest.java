package io.anyserve.worker.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.worker.TestRequests;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A cancel ends the request that it names and no other: those in the batch with it get the text
 * that they would have got alone, and the next one that waits takes its place.
 */
final class NeighbourTest {

  private static final int TOKENS = 20;
  private static final int BEFORE = 5;
  private static final Map<String, String> PACED = Map.of("token-rate", "100");

  private final List<InferenceRequest> batch =
      List.of(request(1, "one"), request(2, "two words"), request(3, "three other words"));
  private final InferenceRequest waits = request(4, "the one that waits in the queue");
  private final TestScheduler full = new TestScheduler(3, PACED);

  /** All slots are taken, each request has some of its answer, and one more waits. */
  @BeforeEach
  void fill() {
    batch.forEach(full::submit);
    full.submit(waits);
    while (full.chunks(batch.getLast()) < BEFORE) {
      full.step();
      full.nanos += 10_000_000L;
    }
    assertEquals(List.of(), full.of(waits));
  }

  @Test
  void cancellingTheOneThatWaitsLeavesTheBatchAlone() {
    cancel(waits);
    full.finish();

    batch.forEach(this::assertWhole);
    assertEquals(1, full.of(waits).size());
    Cancelled never = cancelled(waits);
    assertEquals(Optional.of(waits.context()), never.context());
    assertEquals(TokenUsage.NONE, never.usage());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void cancellingOneThatRunsLeavesTheOthersAloneAndLetsTheNextIn(int index) {
    InferenceRequest stopped = batch.get(index);
    cancel(stopped);
    full.step();
    assertTrue(full.chunks(waits) > 0, "the next one is in the same step");
    full.finish();

    batch.stream().filter(request -> !request.equals(stopped)).forEach(this::assertWhole);
    assertWhole(waits);
    String text = full.text(stopped);
    assertTrue(alone(stopped).startsWith(text), text);
    assertEquals(full.chunks(stopped), cancelled(stopped).usage().completion());
  }

  private void cancel(InferenceRequest request) {
    full.inbox.tell(new SchedulerCommand.Cancel(request.id(), CancelReason.CLIENT_GONE));
  }

  private void assertWhole(InferenceRequest request) {
    assertEquals(alone(request), full.text(request));
    List<TokenEvent> events = full.of(request);
    var finished = assertInstanceOf(Finished.class, events.getLast());
    assertEquals(TOKENS, finished.usage().completion());
    assertEquals(1, events.stream().filter(TokenEvent.Terminal.class::isInstance).count());
  }

  private Cancelled cancelled(InferenceRequest request) {
    return assertInstanceOf(Cancelled.class, full.of(request).getLast());
  }

  private static String alone(InferenceRequest request) {
    var scheduler = new TestScheduler(1, PACED);
    scheduler.submit(request);
    scheduler.finish();
    return scheduler.text(request);
  }

  private static InferenceRequest request(long number, String prompt) {
    return TestRequests.interactive(number, prompt, TOKENS);
  }
}
