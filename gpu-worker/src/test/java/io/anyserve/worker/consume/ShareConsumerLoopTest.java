package io.anyserve.worker.consume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.Priority;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.runtime.Health;
import io.anyserve.worker.TestRequests;
import io.anyserve.worker.consume.ShareConsumerLoop.Lane;
import io.anyserve.worker.dispatch.Delivery;
import io.anyserve.worker.dispatch.DeliveryFixture;
import io.anyserve.worker.dispatch.Reception;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class ShareConsumerLoopTest {

  private static final int SLOTS = 2;

  private final DeliveryFixture test = new DeliveryFixture(SLOTS);
  private final FakeWorkSource source = new FakeWorkSource();
  private final FakeWorkSources sources = new FakeWorkSources(source);
  private final List<Delivery> received = new ArrayList<>();
  private final List<Long> claimed = new ArrayList<>();
  private final List<Long> doubted = new ArrayList<>();
  private Consumer<Delivery> onReceive = this::begin;
  private Consumer<Delivery> onClaim = this::begin;

  private final Reception reception =
      new Reception() {
        @Override
        public List<Delivery> receive(
            Priority lane, List<ConsumerRecord<byte[], byte[]>> records, long acquiredAt) {
          List<Delivery> deliveries =
              records.stream().map(record -> test.delivery(lane, record)).toList();
          received.addAll(deliveries);
          deliveries.forEach(onReceive);
          return deliveries;
        }

        @Override
        public void claim(Delivery delivery) {
          claimed.add(delivery.record().offset());
          onClaim.accept(delivery);
        }

        @Override
        public void doubt(List<TopicOffset> refused) {
          refused.forEach(record -> doubted.add(record.offset()));
        }
      };

  private final ShareConsumerLoop loop = loop(Priority.INTERACTIVE, 1);

  private ShareConsumerLoop loop(Priority lane, int records) {
    return new ShareConsumerLoop(
        "loop", new Lane(lane, records), sources, reception, test.deliveries, () -> test.nanos);
  }

  /** Its Started is in the log. */
  private void begin(Delivery delivery) {
    long offset = delivery.record().offset();
    test.claim(test.executed(delivery, TestRequests.interactive(offset, "prompt", 9), 1));
    test.acknowledge();
  }

  private static void end(Delivery delivery) {
    delivery.answered(Outcome.FINISHED);
  }

  @Test
  void aRequestIsAcceptedAtItsStartedWithTheNextPoll() throws Exception {
    source.add(7);
    loop.step(source);
    assertEquals(1, source.unsent());
    assertEquals(List.of(), source.sent());
    loop.step(source);
    assertEquals(List.of("7 ACCEPT"), source.sent());
    assertEquals(List.of(), claimed);
    assertEquals(1, test.inFlight());
  }

  @Test
  void aRecordThatTheBrokerGivesToOthersIsDoubtedWithTheNextPoll() throws Exception {
    source.add(7);
    loop.step(source);
    assertEquals(List.of(), doubted);
    source.refuse(7);
    loop.step(source);
    assertEquals(List.of(7L), doubted);
    loop.step(source);
    assertEquals(List.of(7L), doubted);
  }

  @Test
  void andWithoutAPollWhereThereIsNoRoom() throws Exception {
    source.add(1);
    source.add(2);
    loop.step(source);
    loop.step(source);
    source.refuse(2);
    loop.step(source);
    assertEquals(List.of(2L), doubted);
    assertEquals(2, source.polls());
  }

  @Test
  void whatDoesNotBeginSoonIsClaimedAndAllOfAPollAreAwaited() throws Exception {
    ShareConsumerLoop pairs = loop(Priority.INTERACTIVE, 2);
    source.add(1, 2);
    onReceive = delivery -> beginIf(delivery.record().offset() == 1, delivery);
    onClaim =
        delivery -> {
          assertEquals(0, source.unsent());
          begin(delivery);
        };
    pairs.step(source);
    assertEquals(List.of(2L), claimed);
    assertEquals(List.of("1 ACCEPT", "2 ACCEPT"), source.sent());
  }

  private void beginIf(boolean condition, Delivery delivery) {
    if (condition) {
      begin(delivery);
    }
  }

  @Test
  void withoutRoomAnAcknowledgementIsSentAtOnceAndNothingIsPolledUntilASlotIsFree()
      throws Exception {
    source.add(1);
    source.add(2);
    source.add(3);
    loop.step(source);
    loop.step(source);
    assertEquals(List.of("1 ACCEPT", "2 ACCEPT"), source.sent());
    Thread poller = Thread.ofPlatform().start(() -> step(loop));
    while (poller.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    assertEquals(2, source.polls());
    end(received.getFirst());
    poller.join();
    assertEquals(3, source.polls());
    assertEquals(3, received.size());
  }

  private void step(ShareConsumerLoop one) {
    try {
      while (received.size() < SLOTS + 1) {
        one.step(source);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anEmptyPollIsFollowedByAnotherAndWhatItBringsWithoutRoomGoesToOthers() throws Exception {
    ShareConsumerLoop batch = loop(Priority.BATCH, 1);
    batch.step(source);
    test.delivery(Priority.INTERACTIVE, 100);
    test.delivery(Priority.INTERACTIVE, 101);
    source.add(1);
    batch.step(source);
    assertEquals(2, source.polls());
    assertEquals(List.of("1 RELEASE"), source.sent());
    assertEquals(List.of(), received);
  }

  @Test
  void aSlotThatStaysFreeIsPolledForThoughAPollMayBringMore() throws Exception {
    ShareConsumerLoop pairs = loop(Priority.INTERACTIVE, 2);
    test.delivery(Priority.INTERACTIVE, 100);
    source.add(1, 2);
    pairs.step(source);
    assertEquals(2, received.size());
    pairs.step(source);
    assertEquals(1, source.polls());
    assertEquals(List.of("1 ACCEPT", "2 ACCEPT"), source.sent());
  }

  @Test
  void smallWorkersAcquireAFewRecordsAtOnceAndLargeOnesAThirtySecondOfTheirSlots() {
    assertEquals(1, ShareConsumerConfig.of(1).records());
    assertEquals(2, ShareConsumerConfig.of(8).records());
    assertEquals(4, ShareConsumerConfig.of(16).records());
    assertEquals(4, ShareConsumerConfig.of(128).records());
    assertEquals(62, ShareConsumerConfig.of(2_000).records());
  }

  @Test
  void whatOthersHaveToSeeIsSentAtOnce() throws Exception {
    ShareConsumerLoop pairs = loop(Priority.INTERACTIVE, 2);
    source.add(1, 2);
    onReceive =
        delivery -> {
          if (delivery.record().offset() == 1) {
            delivery.lost(new IllegalStateException("cannot begin"));
          } else {
            delivery.refused();
          }
        };
    pairs.step(source);
    assertEquals(List.of("1 RELEASE", "2 REJECT"), source.sent());
    assertEquals(0, test.inFlight());
  }

  @Test
  void aStartedThatCannotBeWrittenReleasesTheRecord() throws Exception {
    source.add(1);
    onReceive =
        delivery -> {
          test.claim(test.executed(delivery, TestRequests.interactive(1, "prompt", 9), 1));
          test.producers.peek().errorNext(new IllegalStateException("no broker"));
        };
    loop.step(source);
    assertEquals(List.of("1 RELEASE"), source.sent());
    assertEquals(1.0, test.settled("released"));
  }

  @Test
  void aWorkerThatDrainsPollsNoMoreAndWhatItHasGoesOn() {
    source.add(1);
    source.add(2);
    onReceive =
        delivery -> {
          begin(delivery);
          test.deliveries.drain();
        };
    loop.run();
    assertEquals(1, source.polls());
    assertEquals(List.of("1 ACCEPT"), source.sent());
    assertTrue(source.closed());
    assertEquals(1, test.inFlight());
  }

  @Test
  void anEngineThatIsNotHealthyGetsNothing() throws Exception {
    test.deliveries.watch(() -> false);
    source.add(1);
    Thread poller = Thread.ofPlatform().start(() -> stepOnce(loop));
    while (poller.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    assertEquals(0, source.polls());
    test.deliveries.watch(() -> true);
    test.deliveries.look();
    poller.join();
    assertEquals(1, source.polls());
  }

  private void stepOnce(ShareConsumerLoop one) {
    try {
      while (received.isEmpty()) {
        one.step(source);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
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
          assertInstanceOf(Health.Down.class, loop.health());
          test.deliveries.drain();
        });
    sources.add(last);
    loop.run();
    assertTrue(source.closed());
    assertTrue(next.closed());
    assertEquals(List.of(Duration.ofSeconds(1), Duration.ofSeconds(2)), sources.pauses());
    assertEquals(Health.UP, loop.health());
  }

  @Test
  void withoutABrokerTheConsumerIsClosedUntilOneAnswersAndWhatRunsGoesOn() {
    var next = new FakeWorkSource();
    sources.add(next);
    sources.silent(2);
    source.add(1);
    onReceive =
        delivery -> {
          begin(delivery);
          source.loseBroker();
        };
    next.beforePoll(test.deliveries::drain);
    loop.run();
    assertTrue(source.closed());
    assertEquals(List.of(), source.sent());
    assertEquals(2, sources.pauses().size());
    assertEquals(1, next.polls());
    assertEquals(1, test.inFlight());
    assertEquals(List.of(1L), doubted);
  }

  @Test
  void aBrokerThatGoesBeforeTheStartedIsWrittenIsNotWaitedForWithAnOpenConsumer() {
    var next = new FakeWorkSource();
    sources.add(next);
    source.add(1);
    onReceive = _ -> source.loseBroker();
    onClaim = _ -> {};
    next.beforePoll(test.deliveries::drain);
    loop.run();
    assertTrue(source.closed());
    assertEquals(1, next.polls());
    assertFalse(received.getFirst().acknowledgement().isDone());
    assertEquals(List.of(1L), doubted);
  }
}
