package io.anyserve.worker.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.Priority;
import io.anyserve.worker.TestRequests;
import java.time.Duration;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class InFlightDeliveriesTest {

  private static final Duration LONG = Duration.ofSeconds(20);

  private final DeliveryFixture test = new DeliveryFixture(4);
  private final InFlightDeliveries inFlight = test.deliveries;

  private void room(int interactive, int batch) {
    assertTrue(inFlight.hasRoom(Priority.INTERACTIVE, interactive));
    assertFalse(inFlight.hasRoom(Priority.INTERACTIVE, interactive + 1));
    assertTrue(inFlight.hasRoom(Priority.BATCH, batch));
    assertFalse(inFlight.hasRoom(Priority.BATCH, batch + 1));
  }

  @Test
  void batchRequestsLeaveTheirSlotsToInteractiveOnes() {
    room(4, 4);
    Delivery batch = test.delivery(Priority.BATCH, 1);
    room(4, 3);
    Delivery interactive = test.delivery(Priority.INTERACTIVE, 2);
    room(3, 2);
    batch.settle(AcknowledgeType.ACCEPT, Disposition.FINISHED);
    room(3, 3);
    interactive.settle(AcknowledgeType.ACCEPT, Disposition.FINISHED);
    interactive.settle(AcknowledgeType.ACCEPT, Disposition.FAILED);
    room(4, 4);
  }

  @Test
  void anExecutionThatHasStoppedNeedsNoSlotButIsStillInFlight() {
    Delivery delivery = test.delivery(TestRequests.interactive(1, "prompt", 9), 1);
    test.claim(DeliveryFixture.streamOf(delivery));
    test.acknowledge();
    room(3, 3);
    test.publisher.release(
        DeliveryFixture.streamOf(delivery), new IllegalStateException("the worker stops"));
    room(4, 4);
    assertEquals(1, inFlight.all().size());
    test.acknowledge();
    room(4, 4);
    assertEquals(0, inFlight.all().size());
  }

  @Test
  void whoWaitsForRoomIsWokenWhenTheWorkerDrains() throws Exception {
    inFlight.watch(() -> false);
    Thread drainer = Thread.ofPlatform().start(inFlight::drain);
    assertFalse(inFlight.awaitRoom(Priority.INTERACTIVE, 1, LONG));
    drainer.join();
    inFlight.pause(LONG);
    assertTrue(inFlight.awaitEmpty(Duration.ZERO));
  }

  @Test
  void whoWaitsForTheEndIsWokenByTheLastOne() throws Exception {
    Delivery delivery = test.delivery(Priority.INTERACTIVE, 1);
    assertFalse(inFlight.awaitEmpty(Duration.ZERO));
    Thread settler = Thread.ofPlatform().start(delivery::release);
    assertTrue(inFlight.awaitEmpty(LONG));
    settler.join();
  }

  @Test
  void takenIsSettledAndInFlight() {
    test.delivery(Priority.INTERACTIVE, 1).release();
    test.delivery(Priority.INTERACTIVE, 2).refused();
    test.delivery(Priority.INTERACTIVE, 3).elsewhere();
    test.delivery(Priority.BATCH, 4);
    assertEquals(4, test.registry.get("anyserve.worker.taken").counter().count());
    assertEquals(1, test.registry.get("anyserve.worker.in.flight").gauge().value());
    assertEquals(1, test.settled("released"));
    assertEquals(1, test.settled("rejected"));
    assertEquals(1, test.settled("superseded"));
  }
}
