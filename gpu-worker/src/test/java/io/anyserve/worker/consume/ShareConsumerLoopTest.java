package io.anyserve.worker.consume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.runtime.Health;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class ShareConsumerLoopTest {

  private static final Duration LOCK = Duration.ofSeconds(10);

  private final FakeWorkSource source = new FakeWorkSource();
  private final FakeWorkSources sources = new FakeWorkSources(source);
  private final List<AcquiredRecord> received = new ArrayList<>();
  private final List<Disposition> settled = new ArrayList<>();
  private boolean open = true;
  private long nanos;
  private final ShareConsumerLoop intake =
      new ShareConsumerLoop(
          "intake", sources, received::addAll, () -> open, LOCK, () -> nanos, settled::add);

  @Test
  void anAnsweredRecordIsAcceptedWithTheNextPoll() {
    source.add(7);
    intake.step(source);
    received.getFirst().settle(Disposition.FINISHED);
    intake.step(source);
    assertEquals(List.of(), source.sent());
    intake.step(source);
    assertEquals(List.of("7 ACCEPT"), source.sent());
    assertEquals(List.of(Disposition.FINISHED), settled);
  }

  @Test
  void nothingIsAcknowledgedBeforeAllIsSettled() throws InterruptedException {
    source.add(1, 2);
    intake.step(source);
    received.get(0).settle(Disposition.FINISHED);
    AcquiredRecord second = received.get(1);
    Thread settler = Thread.ofPlatform().start(() -> second.settle(Disposition.FAILED));
    intake.step(source);
    settler.join();
    intake.step(source);
    intake.step(source);
    assertEquals(List.of("1 ACCEPT", "2 ACCEPT"), source.sent());
  }

  @Test
  void whatOthersHaveToSeeIsSentAtOnce() {
    source.add(1, 2, 3);
    intake.step(source);
    received.get(0).settle(Disposition.REJECTED);
    received.get(1).settle(Disposition.RELEASED);
    received.get(2).settle(Disposition.SUPERSEDED);
    intake.step(source);
    assertEquals(List.of("1 REJECT", "2 RELEASE", "3 ACCEPT"), source.sent());
  }

  @Test
  void theFirstSettlementStands() {
    source.add(1);
    intake.step(source);
    received.getFirst().settle(Disposition.RELEASED);
    received.getFirst().settle(Disposition.FINISHED);
    intake.step(source);
    assertEquals(List.of("1 RELEASE"), source.sent());
    assertEquals(List.of(Disposition.RELEASED), settled);
  }

  @Test
  void aLongHoldIsRenewedAndWhatEndedMeanwhileIsAccepted() {
    source.add(1, 2);
    intake.step(source);
    received.get(0).settle(Disposition.FINISHED);
    nanos += LOCK.toNanos() / 2;
    intake.step(source);
    assertEquals(List.of("1 ACCEPT", "2 RENEW"), source.sent());
    assertNull(received.get(1).settlement());
    received.get(1).settle(Disposition.FINISHED);
    intake.step(source);
    intake.step(source);
    assertEquals(List.of("1 ACCEPT", "2 RENEW", "2 ACCEPT"), source.sent());
    assertEquals(2, received.size());
  }

  @Test
  void aPollLeavesMostOfAShortLockToTheWork() {
    var lock = Duration.ofSeconds(1);
    var brief =
        new ShareConsumerLoop(
            "intake", sources, received::addAll, () -> open, lock, () -> nanos, settled::add);
    source.add(1);
    brief.step(source);
    nanos += source.maxWait().toNanos();
    assertTrue(received.getFirst().holds());
    assertTrue(source.maxWait().compareTo(lock.dividedBy(2)) < 0);
    nanos += lock.toNanos();
    assertFalse(received.getFirst().holds());
  }

  @Test
  void aRenewalHoldsForAnotherLock() {
    source.add(1);
    intake.step(source);
    nanos += LOCK.toNanos() / 2;
    intake.step(source);
    nanos += LOCK.toNanos() * 3 / 4;
    assertTrue(received.getFirst().holds());
  }

  @Test
  void newWorkThatComesDuringARenewalIsKeptAndRenewedToo() {
    source.add(1);
    intake.step(source);
    nanos += LOCK.toNanos() / 2;
    source.addMeanwhile(2);
    intake.step(source);
    assertEquals(List.of("1 RENEW", "2 RENEW"), source.sent());
    assertEquals(2, received.size());
    received.forEach(held -> assertNull(held.settlement()));
    received.forEach(held -> held.settle(Disposition.FINISHED));
    intake.step(source);
    intake.step(source);
    assertEquals(List.of("1 RENEW", "2 RENEW", "1 ACCEPT", "2 ACCEPT"), source.sent());
  }

  @Test
  void aLostLockIsGivenUp() {
    source.add(1);
    source.loseLocks();
    intake.step(source);
    nanos += LOCK.toNanos();
    intake.step(source);
    assertEquals(Disposition.RELEASED, received.getFirst().settlement());
    assertEquals(List.of("1 RENEW"), source.sent());
  }

  @Test
  void aClosedGateTakesNothingButSendsWhatIsDue() {
    source.add(1);
    source.add(2);
    intake.step(source);
    received.getFirst().settle(Disposition.FINISHED);
    open = false;
    intake.step(source);
    intake.step(source);
    assertEquals(List.of("1 ACCEPT"), source.sent());
    assertEquals(1, received.size());
    open = true;
    intake.step(source);
    assertEquals(2, received.size());
  }

  @Test
  void aDrainedIntakeEndsWhenItsHandIsEmpty() {
    source.add(1);
    source.add(2);
    intake.step(source);
    intake.drain();
    received.getFirst().settle(Disposition.FINISHED);
    intake.run();
    assertEquals(List.of("1 ACCEPT"), source.sent());
    assertEquals(1, received.size());
    assertTrue(source.closed());
  }

  @Test
  void givingUpReleasesWhatIsNotAnswered() {
    source.add(1, 2);
    intake.step(source);
    received.getFirst().settle(Disposition.FINISHED);
    intake.drain();
    intake.giveUp();
    intake.run();
    assertEquals(List.of("1 ACCEPT", "2 RELEASE"), source.sent());
  }

  @Test
  void aPollThatFailsAgainAndAgainShowsAndIsFollowedByAnotherConsumer() {
    var next = new FakeWorkSource();
    sources.add(next);
    for (FakeWorkSource broken : List.of(source, next)) {
      broken.beforePoll(
          () -> {
            throw new OutOfMemoryError("a record is too large");
          });
    }
    var last = new FakeWorkSource();
    last.beforePoll(
        () -> {
          assertInstanceOf(Health.Down.class, intake.health());
          intake.drain();
        });
    sources.add(last);
    intake.run();
    assertTrue(source.closed());
    assertTrue(next.closed());
    assertEquals(List.of(Duration.ofSeconds(1), Duration.ofSeconds(2)), sources.pauses());
    assertEquals(Health.UP, intake.health());
  }

  @Test
  void withoutABrokerWhatRunsGoesOnUnlockedAndAnotherConsumerIsOpened() {
    FakeWorkSource next = new FakeWorkSource();
    sources.add(next);
    source.add(1);
    intake.step(source);
    source.loseBroker();
    sources.whenAwaited(
        () -> {
          assertTrue(source.closed());
          assertNull(received.getFirst().settlement());
          received.getFirst().settle(Disposition.FINISHED);
          intake.drain();
        });
    intake.run();
    assertEquals(List.of(), source.sent());
    assertEquals(List.of(), next.sent());
    assertEquals(List.of(Disposition.FINISHED), settled);
  }
}
