package io.anyserve.worker.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.runtime.Health;
import io.anyserve.worker.TestRequests;
import io.anyserve.worker.engine.EngineConfig;
import io.anyserve.worker.engine.EngineLoader;
import io.anyserve.worker.publish.EventStreamWriter;
import io.anyserve.worker.publish.FakeOwner;
import io.anyserve.worker.publish.RecordedLog;
import io.anyserve.worker.simulated.SimulatedFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SchedulerTest {

  private static final WorkerIdentity IDENTITY =
      new WorkerIdentity(new WorkerId("w"), TestRequests.CAPABILITY, "words");

  private long nanos;
  private Instant now = TestRequests.NOW;
  private final RecordedLog log = new RecordedLog();
  private final FakeOwner owner = new FakeOwner();
  private final CommandQueue inbox = new CommandQueue(100);
  private final FakeTakeover takeover = new FakeTakeover();

  private Scheduler scheduler(int slots, Map<String, String> options) {
    EngineLoader source =
        new SimulatedFactory(() -> nanos)
            .open(new EngineConfig("simulated", "words", slots, options));
    return scheduler(new ModelSlots(1, () -> nanos), source);
  }

  private Scheduler scheduler(ModelSlots modelSlots, EngineLoader source) {
    return new Scheduler(
        IDENTITY,
        new EngineSupervisor(
            TestRequests.CAPABILITY,
            source,
            modelSlots,
            () -> nanos,
            () -> inbox.tell(new SchedulerCommand.Look())),
        inbox,
        new Scheduler.Outlets(log, takeover),
        SchedulerMetrics.of(new SimpleMeterRegistry(), TestRequests.CAPABILITY),
        new Clocks(() -> now, () -> nanos));
  }

  private EventStreamWriter submit(InferenceRequest request) {
    return submit(request, 1);
  }

  private EventStreamWriter submit(InferenceRequest request, int attempt) {
    var stream =
        new EventStreamWriter(request, TestRequests.SOURCE, attempt, request.id().low(), owner);
    assertTrue(inbox.offer(TestRequests.work(stream)));
    return stream;
  }

  private static void stepUntilIdle(Scheduler scheduler) {
    while (scheduler.step() > 0) {}
  }

  private static String text(List<TokenEvent> events) {
    var text = new StringBuilder();
    for (TokenEvent event : events) {
      if (event instanceof Chunk chunk) {
        text.append(chunk.text());
      }
    }
    return text.toString();
  }

  private static long chunks(List<TokenEvent> events) {
    return events.stream().filter(Chunk.class::isInstance).count();
  }

  @Test
  void theFirstStepStartsAndWritesTheFirstToken() {
    var scheduler = scheduler(2, Map.of());
    var request = TestRequests.interactive(1, "one two three", 3);
    submit(request);
    scheduler.step();
    List<TokenEvent> events = log.of(request.id());
    var started = assertInstanceOf(Started.class, events.get(0));
    assertEquals(3, started.promptTokens());
    assertEquals(Optional.of(TestRequests.SOURCE), started.source());
    assertEquals(0, assertInstanceOf(Chunk.class, events.get(1)).sequence());
    assertEquals(2, events.size());
  }

  @Test
  void anAnswerEndsWithItsCounts() {
    var scheduler = scheduler(2, Map.of());
    var request = TestRequests.interactive(1, "one two", 4);
    submit(request);
    stepUntilIdle(scheduler);
    var finished = assertInstanceOf(Finished.class, log.of(request.id()).getLast());
    assertEquals(new TokenUsage(2, 4, 0), finished.usage());
    assertEquals(Optional.empty(), finished.output());
    assertEquals(List.of("FINISHED"), owner.heard());
  }

  @Test
  void anAsynchronousAnswerCarriesItsOutput() {
    var scheduler = scheduler(2, Map.of());
    var request = TestRequests.batch(1, "one two", 4);
    submit(request);
    stepUntilIdle(scheduler);
    List<TokenEvent> events = log.of(request.id());
    var finished = assertInstanceOf(Finished.class, events.getLast());
    assertEquals(Optional.of(new Payload.Text(text(events))), finished.output());
  }

  @Test
  void sequencesShareTheSlotsInOrder() {
    var scheduler = scheduler(2, Map.of());
    for (int i = 1; i <= 3; i++) {
      submit(TestRequests.interactive(i, "prompt", 2));
    }
    scheduler.step();
    assertEquals(2, log.of(TestRequests.interactive(2, "", 1).id()).size());
    assertEquals(0, log.of(TestRequests.interactive(3, "", 1).id()).size());
    assertEquals(3, scheduler.load());
    stepUntilIdle(scheduler);
    assertEquals(List.of("FINISHED", "FINISHED", "FINISHED"), owner.heard());
    assertEquals(0, scheduler.load());
  }

  @Test
  void interactiveWorkGoesBeforeBatchWork() {
    var scheduler = scheduler(1, Map.of());
    submit(TestRequests.batch(1, "batch", 2));
    submit(TestRequests.interactive(2, "interactive", 2));
    stepUntilIdle(scheduler);
    assertEquals(2, log.records().getFirst().request().low());
  }

  @Test
  void batchWorkMakesRoomAndGoesOnUnchanged() {
    var batch = TestRequests.batch(1, "batch", 10);
    var undisturbed = scheduler(1, Map.of());
    submit(batch);
    stepUntilIdle(undisturbed);
    String whole = text(log.of(batch.id()));
    log.records().clear();

    var scheduler = scheduler(1, Map.of());
    submit(batch);
    scheduler.step();
    scheduler.step();
    var interactive = TestRequests.interactive(2, "interactive", 3);
    submit(interactive);
    stepUntilIdle(scheduler);
    List<TokenEvent> events = log.of(batch.id());
    assertEquals(whole, text(events));
    assertEquals(1, events.stream().filter(Started.class::isInstance).count());
    var finished = assertInstanceOf(Finished.class, events.getLast());
    assertEquals(new TokenUsage(1, 10, 0), finished.usage());
    assertEquals(interactive.id(), firstEnd().request());
  }

  private TokenRecord firstEnd() {
    return log.records().stream()
        .filter(record -> record.event() instanceof TokenEvent.Terminal)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aCancelStopsWhatRunsAtTheNextStep() {
    var scheduler = scheduler(1, Map.of());
    var request = TestRequests.interactive(1, "one two", 30);
    submit(request);
    scheduler.step();
    scheduler.step();
    inbox.tell(new SchedulerCommand.Cancel(request.id(), CancelReason.QUOTA));
    stepUntilIdle(scheduler);
    List<TokenEvent> events = log.of(request.id());
    var cancelled = assertInstanceOf(Cancelled.class, events.getLast());
    assertEquals(CancelReason.QUOTA, cancelled.reason());
    assertEquals(new TokenUsage(2, 2, 0), cancelled.usage());
    assertEquals(Optional.empty(), cancelled.context());
    assertEquals(0, scheduler.load());
  }

  @Test
  void aCancelledRequestThatWaitsIsNeverBegun() {
    var scheduler = scheduler(1, Map.of());
    submit(TestRequests.interactive(1, "runs", 5));
    var waits = TestRequests.interactive(2, "waits", 5);
    submit(waits);
    scheduler.step();
    inbox.tell(new SchedulerCommand.Cancel(waits.id(), CancelReason.EXPLICIT));
    scheduler.step();
    var cancelled = assertInstanceOf(Cancelled.class, log.of(waits.id()).getLast());
    assertEquals(1, log.of(waits.id()).size());
    assertEquals(Optional.of(waits.context()), cancelled.context());
    assertEquals(
        0,
        log.records().stream()
            .filter(r -> r.request().equals(waits.id()))
            .findFirst()
            .orElseThrow()
            .attempt());
  }

  @Test
  void aCancelMayComeBeforeItsRequest() {
    var scheduler = scheduler(1, Map.of());
    var request = TestRequests.interactive(1, "later", 5);
    inbox.tell(new SchedulerCommand.Cancel(request.id(), CancelReason.CLIENT_GONE));
    scheduler.step();
    submit(request);
    scheduler.step();
    assertInstanceOf(Cancelled.class, log.of(request.id()).getLast());
    assertEquals(1, log.of(request.id()).size());
  }

  @Test
  void expiredWorkIsNotBegunAndOverdueWorkIsStopped() {
    var scheduler = scheduler(1, Map.of());
    var runs = TestRequests.until(1, "runs", 50, TestRequests.NOW.plusSeconds(5));
    var waits = TestRequests.until(2, "waits", 50, TestRequests.NOW.plusSeconds(4));
    submit(runs);
    submit(waits);
    scheduler.step();
    now = TestRequests.NOW.plusSeconds(6);
    scheduler.step();
    var expired = assertInstanceOf(Cancelled.class, log.of(waits.id()).getLast());
    assertEquals(CancelReason.DEADLINE, expired.reason());
    assertEquals(TokenUsage.NONE, expired.usage());
    assertEquals(Optional.of(waits.context()), expired.context());
    var cancelled = assertInstanceOf(Cancelled.class, log.of(runs.id()).getLast());
    assertEquals(CancelReason.DEADLINE, cancelled.reason());
    assertEquals(1, cancelled.usage().completion());
  }

  @Test
  void anInputThatTheEngineRefusesFails() {
    var scheduler = scheduler(1, Map.of("context-length", "3"));
    var request = TestRequests.interactive(1, "one two three four", 5);
    submit(request);
    stepUntilIdle(scheduler);
    List<TokenEvent> events = log.of(request.id());
    assertInstanceOf(Started.class, events.getFirst());
    var failed = assertInstanceOf(Failed.class, events.getLast());
    assertEquals(FailureCode.CONTEXT_LENGTH_EXCEEDED, failed.failure().code());
  }

  @Test
  void anEngineThatCannotBeLoadedFailsWhatWaits() {
    var source = new BrokenSource();
    var supervisor =
        new EngineSupervisor(
            TestRequests.CAPABILITY, source, new ModelSlots(1, () -> nanos), () -> nanos, () -> {});
    var scheduler =
        new Scheduler(
            IDENTITY,
            supervisor,
            inbox,
            new Scheduler.Outlets(log, takeover),
            SchedulerMetrics.of(new SimpleMeterRegistry(), TestRequests.CAPABILITY),
            new Clocks(() -> now, () -> nanos));
    var request = TestRequests.interactive(1, "prompt", 5);
    submit(request);
    scheduler.step();
    var failed = assertInstanceOf(Failed.class, log.of(request.id()).getLast());
    assertEquals(FailureCode.ENGINE_FAILED, failed.failure().code());
    assertTrue(failed.failure().message().contains("weights are missing"));
    assertInstanceOf(Health.Down.class, supervisor.health());
    nanos += 10_000_000_000L;
    scheduler.step();
    assertEquals(Health.UP, supervisor.health());
  }

  private static final PriorOutput EARLIER =
      new PriorOutput(3, 2, TokenIds.of(5, 6), AnswerDelta.text("two words"), Optional.empty());

  /** As it comes once its stream was fenced and read back. */
  private EventStreamWriter submitBegun(InferenceRequest request) {
    var stream = new EventStreamWriter(request, TestRequests.SOURCE, 2, request.id().low(), owner);
    log.fence(stream, IDENTITY.started(stream, 0), EARLIER.usage());
    assertTrue(inbox.offer(TestRequests.work(stream, EARLIER)));
    return stream;
  }

  @Test
  void workThatOthersBeganGoesOnBehindWhatTheyWrote() {
    var scheduler = scheduler(1, Map.of());
    var request = TestRequests.interactive(1, "one two three", 8);
    submitBegun(request);
    stepUntilIdle(scheduler);
    List<TokenEvent> events = log.of(request.id());
    assertEquals(3, assertInstanceOf(Started.class, events.get(1)).promptTokens());
    assertEquals(2, assertInstanceOf(Chunk.class, events.get(2)).sequence());
    assertEquals(6, chunks(events));
    var finished = assertInstanceOf(Finished.class, events.getLast());
    assertEquals(new TokenUsage(3, 8, 0), finished.usage());
  }

  @Test
  void workThatOthersBeganGoesFirst() {
    var scheduler = scheduler(1, Map.of());
    submit(TestRequests.interactive(1, "waits", 3));
    var begun = TestRequests.interactive(2, "one two three", 8);
    submitBegun(begun);
    scheduler.step();
    assertEquals(1, chunks(log.of(begun.id())));
  }

  @Test
  void aCancelOfWorkThatOthersBeganCountsWhatTheyWrote() {
    var scheduler = scheduler(1, Map.of());
    var request = TestRequests.interactive(2, "one two three", 8);
    inbox.tell(new SchedulerCommand.Cancel(request.id(), CancelReason.EXPLICIT));
    scheduler.step();
    submitBegun(request);
    scheduler.step();
    var cancelled = assertInstanceOf(Cancelled.class, log.of(request.id()).getLast());
    assertEquals(new TokenUsage(3, 2, 0), cancelled.usage());
  }

  @Test
  void aStartedThatTheIntakeWroteIsFollowedByOneWithTheLengthOfThePrompt() {
    var scheduler = scheduler(1, Map.of());
    var request = TestRequests.interactive(1, "one two three", 2);
    EventStreamWriter stream = submit(request);
    log.claim(stream, IDENTITY.started(stream, 0));
    stepUntilIdle(scheduler);
    List<TokenEvent> events = log.of(request.id());
    assertEquals(0, assertInstanceOf(Started.class, events.get(0)).promptTokens());
    assertEquals(3, assertInstanceOf(Started.class, events.get(1)).promptTokens());
    assertEquals(new TokenUsage(3, 2, 0), end(request).usage());
  }

  @Test
  void whatTheRouterPublishedAgainStopsWhereItRunsAndWhereItWaits() {
    var scheduler = scheduler(1, Map.of());
    var runs = TestRequests.interactive(1, "runs", 30);
    var waits = TestRequests.interactive(2, "waits", 30);
    submit(runs);
    submit(waits);
    scheduler.step();
    inbox.tell(new SchedulerCommand.Superseded(runs.id(), 1));
    inbox.tell(new SchedulerCommand.Superseded(waits.id(), 1));
    scheduler.step();
    assertEquals(List.of("ELSEWHERE", "ELSEWHERE"), owner.heard());
    assertEquals(0, scheduler.load());
    assertInstanceOf(TokenEvent.Released.class, log.of(runs.id()).getLast());
  }

  @Test
  void anExecutionAboveTheOneThatWasPublishedAgainGoesOn() {
    var scheduler = scheduler(1, Map.of());
    var request = TestRequests.interactive(1, "one two three", 8);
    submitBegun(request);
    inbox.tell(new SchedulerCommand.Superseded(request.id(), 1));
    stepUntilIdle(scheduler);
    assertEquals(List.of("FINISHED"), owner.heard());
  }

  @Test
  void whatTheRouterPublishedAgainBeforeItCameHereDoesNotBegin() {
    var scheduler = scheduler(1, Map.of());
    var request = TestRequests.interactive(1, "one two three", 8);
    inbox.tell(new SchedulerCommand.Superseded(request.id(), 1));
    scheduler.step();
    submit(request);
    scheduler.step();
    assertEquals(List.of("ELSEWHERE"), owner.heard());
    assertEquals(List.of(), log.of(request.id()));
  }

  @Test
  void aStreamThatIsOverLeavesItsSlot() {
    var scheduler = scheduler(1, Map.of());
    EventStreamWriter stream = submit(TestRequests.interactive(1, "lost", 30));
    submit(TestRequests.interactive(2, "next", 2));
    scheduler.step();
    log.release(stream, new IllegalStateException("the broker is gone"));
    stepUntilIdle(scheduler);
    assertEquals(List.of("LOST", "FINISHED"), owner.heard());
  }

  @Test
  void aPortionThatIsHandedOverLeavesTheOthersRunning() {
    var scheduler = scheduler(2, Map.of());
    var first = TestRequests.interactive(1, "runs", 30);
    var second = TestRequests.interactive(2, "runs, too", 3);
    var waits = TestRequests.interactive(3, "waits", 30);
    List.of(first, second, waits).forEach(this::submit);
    scheduler.step();
    inbox.tell(new SchedulerCommand.HandOver(2));
    scheduler.step();
    assertEquals(List.of("LOST", "LOST"), owner.heard());
    assertInstanceOf(TokenEvent.Released.class, log.of(first.id()).getLast());
    assertEquals(1, scheduler.load());
    stepUntilIdle(scheduler);
    assertEquals(3, end(second).usage().completion());
  }

  @Test
  void closingLosesWhatIsLeft() {
    var scheduler = scheduler(1, Map.of());
    submit(TestRequests.interactive(1, "runs", 30));
    submit(TestRequests.interactive(2, "waits", 30));
    scheduler.step();
    submit(TestRequests.interactive(3, "arrives", 30));
    scheduler.close();
    assertEquals(List.of("LOST", "LOST", "LOST"), owner.heard());
    var late = TestRequests.interactive(4, "late", 3);
    assertFalse(
        inbox.offer(
            TestRequests.work(new EventStreamWriter(late, TestRequests.SOURCE, 1, 4, owner))));
  }

  @Test
  void theNextStepIsWaitedForAsLongAsTheEngineSays() {
    var scheduler = scheduler(1, Map.of("token-rate", "100"));
    submit(TestRequests.interactive(1, "paced", 5));
    scheduler.step();
    assertEquals(10_000_000L, scheduler.nanosToNextStep());
    assertEquals(0, scheduler.step());
    nanos += 10_000_000L;
    assertEquals(1, scheduler.step());
  }

  @Test
  void anEndSaysHowMuchOfThePromptWasCached() {
    var scheduler = scheduler(1, Map.of("prefix-cache", "64"));
    var first = TestRequests.interactive(1, "word ".repeat(20), 3);
    var second = TestRequests.interactive(2, "word ".repeat(20), 3);
    submit(first);
    submit(second);
    stepUntilIdle(scheduler);
    assertEquals(new TokenUsage(20, 3, 0), end(first).usage());
    assertEquals(new TokenUsage(20, 3, 16), end(second).usage());
  }

  @Test
  void aSequenceThatMadeRoomFindsNoDiscountInItsOwnPrompt() {
    var scheduler = scheduler(1, Map.of("prefix-cache", "64"));
    var patient = TestRequests.batch(1, "word ".repeat(20), 9);
    submit(patient);
    scheduler.step();
    submit(TestRequests.interactive(2, "urgent", 1));
    stepUntilIdle(scheduler);
    assertEquals(new TokenUsage(20, 9, 0), end(patient).usage());
  }

  private Finished end(InferenceRequest request) {
    return assertInstanceOf(Finished.class, log.of(request.id()).getLast());
  }
}
