package io.anyserve.router.connection;

import static io.anyserve.router.Samples.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.WorkerId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the calls of a worker say at a time of the router's clock. */
final class WorkerConnectionsTest {

  private static final WorkerId WORKER = new WorkerId("w1");
  private static final long PROCESS = 17;
  private static final long OTHER = 18;
  private static final long NOW = 1_000_000;
  private static final long PAUSE = WorkerConnections.RECONNECT_PAUSE.toMillis();
  private static final long SILENCE = WorkerConnections.SILENCE.toMillis();
  private static final SupersededAttempt ATTEMPT = new SupersededAttempt(id(1), 2);

  private final WorkerConnections connections = new WorkerConnections();
  private final FakeWorkerCall call = new FakeWorkerCall(1);
  private final FakeWorkerCall second = new FakeWorkerCall(2);

  @Test
  void nothingIsSaidOfAWorkerThatNeverConnected() {
    connections.ended(WORKER, call, NOW);
    assertFalse(connections.lost(WORKER, 0, NOW + 100_000));
  }

  @Test
  void aConnectedWorkerKeepsItsWorkWhileItIsHeard() {
    for (long at = NOW; at < NOW + 10 * SILENCE; at += SILENCE - 1) {
      connections.heard(WORKER, PROCESS, call, at);
      assertFalse(connections.lost(WORKER, NOW, at + SILENCE - 1));
    }
  }

  @Test
  void aSilentWorkerHasLostItsWorkUntilItIsHeardAgain() {
    connections.heard(WORKER, PROCESS, call, NOW);
    assertTrue(connections.lost(WORKER, NOW, NOW + SILENCE));
    connections.heard(WORKER, PROCESS, call, NOW + SILENCE);
    assertFalse(connections.lost(WORKER, NOW, NOW + SILENCE));
  }

  @Test
  void aRouterThatStoodStillHearsEverybodyFirst() {
    connections.heard(WORKER, PROCESS, call, NOW);
    connections.stoodStill(NOW + 10 * SILENCE);
    assertFalse(connections.lost(WORKER, NOW, NOW + 11 * SILENCE - 1));
    assertTrue(connections.lost(WORKER, NOW, NOW + 11 * SILENCE));
  }

  @Test
  void aRouterThatStoodStillAfterACallEndedWaitsForTheNextCallAgain() {
    connections.heard(WORKER, PROCESS, call, NOW);
    connections.ended(WORKER, call, NOW);
    connections.stoodStill(NOW + SILENCE);
    assertFalse(connections.lost(WORKER, NOW, NOW + SILENCE + PAUSE - 1));
    assertTrue(connections.lost(WORKER, NOW, NOW + SILENCE + PAUSE));
  }

  @Test
  void aCallThatEndsLosesTheWorkAfterThePause() {
    connections.heard(WORKER, PROCESS, call, NOW);
    connections.ended(WORKER, call, NOW);
    assertFalse(connections.lost(WORKER, NOW, NOW + PAUSE - 1));
    assertTrue(connections.reconnecting(WORKER, NOW + PAUSE - 1));
    assertTrue(connections.lost(WORKER, NOW, NOW + PAUSE));
    assertFalse(connections.reconnecting(WORKER, NOW + PAUSE));
  }

  @Test
  void theSameProcessKeepsItsWorkWhenItIsBackWithinThePause() {
    connections.heard(WORKER, PROCESS, call, NOW);
    connections.ended(WORKER, call, NOW);
    connections.heard(WORKER, PROCESS, second, NOW + PAUSE - 1);
    assertFalse(connections.lost(WORKER, NOW - 1, NOW + PAUSE));
    connections.ended(WORKER, call, NOW + PAUSE);
    assertFalse(connections.lost(WORKER, NOW - 1, NOW + 2 * PAUSE), "the old call ends late");
  }

  @Test
  void aLateKeepAliveOfAnOlderCallSaysNothing() {
    connections.heard(WORKER, PROCESS, call, NOW);
    connections.heard(WORKER, OTHER, second, NOW + 10);
    connections.heard(WORKER, PROCESS, call, NOW + 20);
    connections.ended(WORKER, call, NOW + 21);
    assertFalse(connections.lost(WORKER, NOW + 15, NOW + 21 + PAUSE));
    assertTrue(connections.lost(WORKER, NOW + 15, NOW + 10 + SILENCE));
  }

  @Test
  void anotherProcessHasNothingOfTheEarlierOne() {
    connections.heard(WORKER, PROCESS, call, NOW);
    connections.heard(WORKER, OTHER, second, NOW + 10);
    assertTrue(connections.lost(WORKER, NOW + 9, NOW + 10));
    assertFalse(connections.lost(WORKER, NOW + 10, NOW + 10));
    connections.ended(WORKER, call, NOW + 11);
    assertFalse(connections.lost(WORKER, NOW + 10, NOW + 11 + PAUSE));
  }

  @Test
  void whatABrokenOffWorkerBeginsLaterIsLeftToItsHeartbeats() {
    connections.heard(WORKER, PROCESS, call, NOW);
    connections.ended(WORKER, call, NOW);
    long late = NOW + WorkerConnections.READ_LATE.toMillis();
    assertTrue(connections.lost(WORKER, late - 1, late));
    assertFalse(connections.lost(WORKER, late, late + SILENCE));
  }

  @Test
  void aWorkerThatLeftHasNoPause() {
    connections.heard(WORKER, PROCESS, call, NOW);
    connections.left(WORKER, call, NOW + 5);
    assertTrue(connections.lost(WORKER, NOW, NOW + 5));
    connections.heard(WORKER, PROCESS, call, NOW + 6);
    assertTrue(connections.lost(WORKER, NOW, NOW + 6), "its last words were its last");
    assertEquals(0, connections.connected());
  }

  @Test
  void aWorkerHearsAtOnceWhatWasPublishedAgainAndOnceMoreWhenItIsBack() {
    connections.heard(WORKER, PROCESS, call, NOW);
    connections.republished(WORKER, List.of(ATTEMPT), NOW);
    assertEquals(List.of(ATTEMPT), call.told());
    assertEquals(List.of(), connections.heard(WORKER, PROCESS, call, NOW));
    connections.ended(WORKER, call, NOW);
    SupersededAttempt cut = new SupersededAttempt(id(2), 1);
    connections.republished(WORKER, List.of(cut), NOW + 1);
    assertEquals(List.of(ATTEMPT), call.told(), "nobody reads a call that has ended");
    assertEquals(List.of(ATTEMPT, cut), connections.heard(WORKER, PROCESS, second, NOW + 2));
  }

  @Test
  void afterAMinuteOrAsAnotherProcessItHearsNothingOld() {
    connections.heard(WORKER, PROCESS, call, NOW);
    connections.republished(WORKER, List.of(ATTEMPT), NOW);
    connections.ended(WORKER, call, NOW);
    long later = NOW + WorkerConnections.REMEMBERED.toMillis() + 1;
    assertEquals(List.of(), connections.heard(WORKER, PROCESS, second, later));
    connections.republished(WORKER, List.of(ATTEMPT), later);
    assertEquals(List.of(), connections.heard(WORKER, OTHER, new FakeWorkerCall(3), later));
  }

  @Test
  void whoIsGoneForLongIsForgotten() {
    connections.heard(WORKER, PROCESS, call, NOW);
    connections.ended(WORKER, call, NOW);
    long later = NOW + WorkerConnections.REMEMBERED.toMillis();
    connections.forget(later);
    assertTrue(connections.anybodyGone());
    connections.forget(later + 1);
    assertFalse(connections.anybodyGone());
  }

  @Test
  void theNextLossIsTheEndOfAPauseOrOfASilence() {
    assertEquals(Long.MAX_VALUE, connections.untilNextLoss(NOW));
    connections.heard(WORKER, PROCESS, call, NOW);
    assertEquals(SILENCE - 7, connections.untilNextLoss(NOW + 7));
    connections.ended(WORKER, call, NOW + 7);
    assertEquals(PAUSE - 1, connections.untilNextLoss(NOW + 8));
    assertEquals(Long.MAX_VALUE, connections.untilNextLoss(NOW + 7 + PAUSE));
  }

  @Test
  void whoeverWaitsIsWokenByACallThatBeginsOrEnds() {
    Duration forever = Duration.ofHours(1);
    connections.heard(WORKER, PROCESS, call, NOW);
    assertTimeoutPreemptively(Duration.ofMinutes(1), () -> connections.awaitChange(forever));
    connections.ended(WORKER, call, NOW);
    assertTimeoutPreemptively(Duration.ofMinutes(1), () -> connections.awaitChange(forever));
  }
}
