package io.anyserve.router.recovery;

import static io.anyserve.router.Samples.ALIVE;
import static io.anyserve.router.Samples.NOW;
import static io.anyserve.router.Samples.chunk;
import static io.anyserve.router.Samples.finished;
import static io.anyserve.router.Samples.id;
import static io.anyserve.router.Samples.interactive;
import static io.anyserve.router.Samples.started;
import static io.anyserve.router.Samples.stopped;
import static io.anyserve.router.Samples.taken;
import static io.anyserve.router.Samples.worker;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.RoutingMetadata;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.router.Samples;
import io.anyserve.router.connection.FakeWorkerCall;
import io.anyserve.router.connection.SupersededAttempt;
import io.anyserve.router.connection.WorkerCall;
import io.anyserve.router.connection.WorkerConnections;
import io.anyserve.router.intake.IntakeRun;
import io.anyserve.router.results.ResultsRun;
import io.anyserve.router.results.ResultsTopology;
import io.anyserve.router.routing.StoreBackedDirectory;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Workers break off, fall silent, stop or come back; what they had is published again, once. */
final class LostRequestRecoveryTest {

  private static final String REQUESTS = "anyserve.requests.story";

  /** Two checks; the first leap of the clock is one at which the router itself stood still. */
  private static final Duration SEEN = LostRequestRecovery.INTERVAL.multipliedBy(3);

  private static final WorkerId W1 = new WorkerId("w1");
  private static final long FIRST = 17;

  private final WorkerCall call = new FakeWorkerCall(1);
  private final WorkerCall later = new FakeWorkerCall(2);
  private ResultsRun run = new ResultsRun();

  @AfterEach
  void close() {
    run.close();
  }

  @Test
  void whatASilentWorkerHadIsPublishedAsTheNextAttempt() {
    run.announce(worker("w1", NOW, "story"));
    InferenceRequest request = interactive(id(1), "story", 3);
    run.write(taken(id(1), 2, 11, "w1", publish(request)), chunk(id(1), 2, 11, 0));
    run.pass(ALIVE.minus(SEEN));
    assertEquals(List.of(), published());
    run.announce(worker("w2", NOW, "story"));
    run.pass(SEEN.multipliedBy(2));
    ResultsRun.Copy copy = run.copies().getFirst();
    InferenceRequest again = copy.request();
    assertEquals(2, again.routing().earlierAttempts());
    assertEquals(request, again.with(request.routing()));
    assertEquals(REQUESTS, copy.found().topic());
    assertArrayEquals(IntakeRun.bytes("s1"), copy.found().key());
    assertNotNull(copy.found().headers().lastHeader("traceparent"));
  }

  @Test
  void aCopyNamesTheEventFromWhichItsTakerReadsBack() {
    InferenceRequest plain = interactive(id(1), "story", 3);
    var unknown = new ReplyTo(3, ReplyTo.UNKNOWN_OFFSET);
    InferenceRequest request =
        plain.with(RoutingMetadata.interactive(unknown, plain.routing().deadline().orElseThrow()));
    TopicOffset source = publish(request);
    run.write(chunk(id(2), 1, 9, 0), taken(id(1), 1, 11, "w1", source));
    run.write(taken(id(1), 2, 12, "w1", source));
    run.pass(Duration.ofSeconds(10));
    RoutingMetadata again = run.copies().getFirst().request().routing();
    assertEquals(new ReplyTo(3, 1), again.reply());
    assertEquals(2, again.earlierAttempts());
  }

  /** Its worker lives, and has failed to hand it over. */
  @Test
  void aReleaseWithoutACopyIsFollowedByOneAfterAWhile() {
    announceBoth();
    run.write(taken(id(1), 1, 11, "w1", publish(id(1))));
    run.write(new TokenRecord(id(1), 1, 11, new Released("the worker stops")));
    for (Duration passed = Duration.ZERO;
        passed.compareTo(LostRequestRecovery.CONTESTED_KEPT.minus(SEEN)) < 0;
        passed = passed.plusSeconds(1)) {
      announceBoth();
      run.pass(Duration.ofSeconds(1));
    }
    assertEquals(List.of(), published());
    announceBoth();
    run.pass(SEEN.multipliedBy(2));
    assertEquals(List.of(id(1)), published());
  }

  @Test
  void whenEverybodyIsSilentItIsTheLogThatIsAway() {
    announceBoth();
    run.write(taken(id(1), 1, 11, "w1", publish(id(1))));
    run.pass(StoreBackedDirectory.OUTAGE.minus(SEEN));
    run.announce(worker("w2", NOW, "story"));
    run.pass(ALIVE.minus(SEEN));
    assertEquals(List.of(), published());
    run.announce(worker("w2", NOW, "story"));
    run.pass(SEEN.multipliedBy(2));
    assertEquals(List.of(id(1)), published());
  }

  @Test
  void anOutageDoesNotLastForEver() {
    announceBoth();
    run.write(taken(id(1), 1, 11, "w1", publish(id(1))));
    run.pass(StoreBackedDirectory.OUTAGE.plus(ALIVE));
    assertEquals(List.of(id(1)), published());
  }

  @Test
  void onlyOncePerAttempt() {
    run.write(taken(id(1), 1, 11, "w1", publish(id(1))));
    run.pass(Duration.ofSeconds(30));
    assertEquals(List.of(id(1)), published());
    run.write(taken(id(1), 2, 12, "w2", publish(id(1))));
    run.pass(Duration.ofSeconds(30));
    assertEquals(List.of(id(1)), published());
    assertEquals(2, run.counted("anyserve.router.recovered"));
  }

  @Test
  void whatRunsOnALiveWorkerOrHasEndedIsLeftAlone() {
    run.write(taken(id(1), 1, 11, "w1", publish(id(1))));
    run.write(taken(id(2), 1, 12, "w2", publish(id(2))), finished(id(2), 1, 12, "a"));
    run.write(taken(id(3), 1, 13, "w2", publish(id(3))));
    run.write(taken(id(3), 2, 14, "w1", publish(id(3))));
    for (int i = 0; i < 60; i++) {
      run.announce(worker("w1", NOW, "story"));
      run.pass(Duration.ofSeconds(1));
    }
    assertEquals(List.of(), published());
  }

  @Test
  void aRequestThatTwoRunsContestIsPublishedAgainUnlessItEnds() {
    run.write(taken(id(1), 1, 11, "w1", publish(id(1))), taken(id(1), 1, 12, "w2", publish(id(1))));
    run.write(finished(id(1), 1, 11, "void, as the execution of w2 counts"));
    run.write(taken(id(2), 1, 13, "w1", publish(id(2))), taken(id(2), 2, 14, "w2", publish(id(2))));
    run.write(finished(id(2), 1, 13, "void"), finished(id(2), 2, 14, "counts"));
    for (Duration passed = Duration.ZERO;
        passed.compareTo(LostRequestRecovery.CONTESTED_KEPT.minus(SEEN)) < 0;
        passed = passed.plusSeconds(1)) {
      announceBoth();
      run.pass(Duration.ofSeconds(1));
    }
    assertEquals(List.of(), published());
    announceBoth();
    run.pass(SEEN.multipliedBy(2));
    assertEquals(List.of(id(1)), published());
  }

  private void announceBoth() {
    run.announce(worker("w1", NOW, "story"));
    run.announce(worker("w2", NOW, "story"));
  }

  @Test
  void aWorkerThatSaysItStoppedIsNotWaitedFor() {
    run.announce(worker("w1", NOW, "story"));
    run.write(taken(id(1), 1, 11, "w1", publish(id(1))));
    run.pass(Duration.ofSeconds(1));
    run.announce(stopped("w1", NOW));
    run.pass(SEEN);
    assertEquals(List.of(id(1)), published());
  }

  @Test
  void aWorkerThatIsBackUnderItsNameHasLostWhatItHad() {
    run.announce(worker("w1", NOW, "story"));
    run.write(taken(id(1), 1, 11, "w1", publish(id(1))));
    run.pass(Duration.ofSeconds(2));
    run.announce(stopped("w1", NOW));
    run.announce(worker("w1", NOW, "story"));
    run.write(taken(id(2), 1, 12, "w1", publish(id(2))));
    run.pass(SEEN);
    assertEquals(List.of(id(1)), published());
  }

  @Test
  void aWorkerNobodyHeardOfGetsAMoment() {
    run.write(taken(id(1), 1, 11, "w9", publish(id(1))));
    run.pass(HeartbeatWatch.UNKNOWN_KEPT.minus(SEEN));
    assertEquals(List.of(), published());
    run.pass(SEEN.multipliedBy(2));
    assertEquals(List.of(id(1)), published());
  }

  @Test
  void aRouterThatStoodStillListensFirst() {
    run.announce(worker("w1", NOW, "story"));
    run.write(taken(id(1), 1, 11, "w1", publish(id(1))));
    run.pass(Duration.ofSeconds(2));
    run.advance(Duration.ofMinutes(1));
    run.announce(worker("w1", NOW, "story"));
    run.pass(Duration.ofSeconds(2));
    assertEquals(List.of(), published());
  }

  @Test
  void withoutASourceThereIsNothingToPublish() {
    run.write(started(id(1), 1, 11, "w1", false));
    run.pass(Duration.ofSeconds(30));
    assertEquals(0, run.counted("anyserve.router.recovered"));
    assertEquals(0, run.counted("anyserve.router.recovery.failed"));
  }

  @Test
  void whatTheLogNoLongerHoldsIsGivenUpOnce() {
    run.write(taken(id(1), 1, 11, "w1", new TopicOffset(REQUESTS, 0, 99)));
    run.write(taken(id(2), 1, 12, "w1", publish(id(3))));
    run.pass(Duration.ofSeconds(30));
    assertEquals(List.of(), published());
    assertEquals(2, run.counted("anyserve.router.recovery.failed"));
  }

  @Test
  void aBrokerThatDoesNotAnswerIsAskedAgain() {
    run.write(taken(id(1), 1, 11, "w1", publish(id(1))));
    run.past.broken(true);
    run.pass(Duration.ofSeconds(8));
    assertEquals(List.of(), published());
    run.past.broken(false);
    run.pass(LostRequestRecovery.PAUSE.multipliedBy(2));
    assertEquals(List.of(id(1)), published());
  }

  @Test
  void manyArePublishedAgainTogether() {
    List<RequestId> all = IntStream.range(0, 300).mapToObj(Samples::id).toList();
    all.forEach(id -> run.write(taken(id, 1, 11, "w1", publish(id))));
    run.pass(Duration.ofSeconds(10));
    assertEquals(Set.copyOf(all), Set.copyOf(published()));
    assertEquals(all.size(), (int) run.counted("anyserve.router.recovered"));
  }

  @Test
  void aRestartKnowsWhatWasInFlight() {
    run.write(taken(id(2), 1, 12, "w1", publish(id(2))), finished(id(2), 1, 12, "a"));
    run.write(taken(id(1), 1, 11, "w1", publish(id(1))), chunk(id(1), 1, 11, 0));
    run.pass(Duration.ofSeconds(2));
    try (ResultsRun before = run) {
      long from = positions(before).get("read-back-from");
      assertEquals(2, from);
      run = new ResultsRun(before.past);
      positions(run).put("read-back-from", from);
    }
    run.pass(Duration.ofSeconds(6));
    assertEquals(List.of(id(1)), published());
  }

  @Test
  void whatAWorkerHadIsPublishedAgainSoonAfterItsCallBrokeOff() {
    beginOn("w1", FIRST);
    run.connections.ended(W1, call, run.now());
    look(WorkerConnections.RECONNECT_PAUSE.minusMillis(1));
    assertEquals(List.of(), published());
    look(Duration.ofMillis(1));
    assertEquals(List.of(id(1)), published());
    look(Duration.ofSeconds(1));
    assertEquals(List.of(), published(), "once");
  }

  @Test
  void aCutThatIsMendedWithinThePausePublishesNothing() {
    beginOn("w1", FIRST);
    run.connections.ended(W1, call, run.now());
    look(WorkerConnections.RECONNECT_PAUSE.minusMillis(1));
    run.connections.heard(W1, FIRST, later, run.now());
    look(Duration.ofSeconds(1));
    assertEquals(List.of(), published());
  }

  @Test
  void anotherProcessOfTheNameLosesWhatTheEarlierHadBegunAndNothingElse() {
    beginOn("w1", FIRST);
    run.advance(Duration.ofMillis(100));
    run.connections.heard(W1, FIRST + 1, later, run.now());
    run.write(taken(id(2), 1, 12, "w1", publish(id(2))));
    look(Duration.ofMillis(1));
    assertEquals(List.of(id(1)), published());
  }

  @Test
  void aWorkerWithoutKeepAlivesIsLostThoughItsHeartbeatsAreNot() {
    beginOn("w1", FIRST);
    for (int i = 0; i < 2; i++) {
      run.announce(worker("w1", NOW, "story"));
      look(Duration.ofMillis(500));
    }
    assertEquals(List.of(), published());
    look(Duration.ofMillis(500));
    assertEquals(List.of(id(1)), published());
  }

  @Test
  void aConnectedWorkerWhoseHeartbeatsHaveNotBegunIsNotLost() {
    beginOn("w1", FIRST);
    run.announce(stopped("w1", NOW));
    run.advance(Duration.ofMillis(1));
    run.write(taken(id(1), 2, 12, "w1", publish(id(1))));
    for (int i = 0; i < 40; i++) {
      run.announce(worker("w2", NOW, "story"));
      run.connections.heard(W1, FIRST, call, run.now());
      look(Duration.ofMillis(500));
    }
    assertEquals(List.of(), published());
  }

  @Test
  void aRouterThatStoodStillBelievesNoSilenceOfItsCalls() {
    beginOn("w1", FIRST);
    look(Duration.ofMinutes(1));
    run.announce(worker("w1", NOW, "story"));
    run.connections.heard(W1, FIRST, call, run.now());
    look(Duration.ofSeconds(1));
    assertEquals(List.of(), published());
  }

  @Test
  void whatAWorkerHandedOverItselfIsNotPublishedAgainWhenItLeaves() {
    beginOn("w1", FIRST);
    run.write(taken(id(2), 1, 12, "w1", publish(id(2))));
    run.write(new TokenRecord(id(1), 1, 11, new Released("the worker stops")));
    run.write(new TokenRecord(id(1), 1, 11, new Released("the worker stops", true)));
    run.connections.left(W1, call, run.now());
    look(Duration.ofMillis(1));
    assertEquals(List.of(id(2)), published());
  }

  @Test
  void theLastEventsOfALostWorkerAreReadFirst() {
    beginOn("w1", FIRST);
    TokenRecord end = finished(id(1), 1, 11, "a");
    run.past.append(run.topics.tokens(), id(1).bytes(), TokenCodec.encode(end), NOW);
    run.connections.left(W1, call, run.now());
    look(Duration.ofMillis(1));
    assertEquals(List.of(), published());
    assertEquals(
        LostRequestRecovery.CATCH_UP_INTERVAL, run.recovery.untilNextCheck(run.now()), "soon");
    look(CatchUp.LONGEST.minusMillis(1));
    assertEquals(List.of(), published());
    look(Duration.ofMillis(1));
    assertEquals(List.of(id(1)), published(), "but nobody waits for ever");
  }

  @Test
  void aWorkerThatWasOnlyCutOffIsToldWhatGoesOnElsewhere() {
    beginOn("w1", FIRST);
    run.connections.ended(W1, call, run.now());
    look(WorkerConnections.RECONNECT_PAUSE);
    assertEquals(List.of(id(1)), published());
    assertEquals(
        List.of(new SupersededAttempt(id(1), 1)),
        run.connections.heard(W1, FIRST, later, run.now()));
  }

  @Test
  void aCopyThatDoesNotGetToTheLogIsPublishedOnceMore() {
    beginOn("w1", FIRST);
    run.failCopies(true);
    run.connections.left(W1, call, run.now());
    look(Duration.ofMillis(1));
    run.failCopies(false);
    assertEquals(0, run.counted("anyserve.router.recovered"));
    look(LostRequestRecovery.PAUSE.minusMillis(1));
    assertEquals(1, published().size(), "the one that failed");
    look(Duration.ofMillis(1));
    assertEquals(List.of(id(1)), published());
    assertEquals(1, run.counted("anyserve.router.recovered"));
  }

  /** A connected and announced worker has begun the first request. */
  private void beginOn(String name, long process) {
    run.advance(Duration.ofMillis(1));
    run.connections.heard(new WorkerId(name), process, call, run.now());
    run.announce(worker(name, NOW, "story"));
    run.write(taken(id(1), 1, 11, name, publish(id(1))));
  }

  private void look(Duration later) {
    run.advance(later);
  }

  private static KeyValueStore<String, Long> positions(ResultsRun of) {
    return of.driver.getKeyValueStore(ResultsTopology.POSITIONS);
  }

  private TopicOffset publish(RequestId id) {
    return publish(interactive(id, "story", 3));
  }

  private TopicOffset publish(InferenceRequest request) {
    byte[] key = IntakeRun.bytes("s1");
    return new TopicOffset(
        REQUESTS, 0, run.past.append(REQUESTS, key, RequestCodec.encode(request), NOW));
  }

  private List<RequestId> published() {
    return run.copies().stream().map(copy -> copy.request().id()).toList();
  }
}
