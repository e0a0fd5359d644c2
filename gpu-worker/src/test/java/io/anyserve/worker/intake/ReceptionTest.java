package io.anyserve.worker.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.Delivery;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Lane;
import io.anyserve.contracts.LogPosition;
import io.anyserve.contracts.ReplyAddress;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.topic.DeadLetter;
import io.anyserve.contracts.wire.RequestWire;
import io.anyserve.worker.FakePayloadStore;
import io.anyserve.worker.TestRequests;
import io.anyserve.worker.batch.Inbox;
import io.anyserve.worker.publish.RunWatch;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

final class ReceptionTest {

  private static final int ATTEMPTS = 4;
  private static final long LOCK = 1000;

  private final TokenTopic topic = new TokenTopic();
  private final Inbox inbox = new Inbox(9);
  private final List<Settlement> settled = new ArrayList<>();
  private long nanos;
  private final Reception reception =
      new Reception(
          inbox,
          topic.publisher(),
          TakeoverDeskTest.desk(topic, inbox),
          new Reception.Means(
              new FakePayloadStore(), ATTEMPTS, Runnable::run, RunWatch.Source.NONE),
          new WorkMeters(new SimpleMeterRegistry(), TestRequests.CAPABILITY));

  private static InferenceRequest request(int earlierAttempts) {
    InferenceRequest plain = TestRequests.interactive(1, "prompt", 9);
    return new InferenceRequest(
        plain.id(),
        plain.context(),
        plain.input(),
        plain.parameters(),
        new Delivery(
            new ReplyAddress(0, 0), Optional.empty(), Lane.INTERACTIVE, List.of(), earlierAttempts),
        Optional.empty());
  }

  private Held deliver(int earlierAttempts, int deliveries) {
    byte[] value = RequestWire.encode(request(earlierAttempts));
    var record =
        new ConsumerRecord<>(
            "requests",
            5,
            77,
            0L,
            TimestampType.LOG_APPEND_TIME,
            0,
            0,
            new byte[0],
            value,
            new RecordHeaders(),
            Optional.empty(),
            Optional.of((short) deliveries));
    var held = new Held(record, LOCK, () -> nanos, settled::add);
    reception.receive(List.of(held));
    return held;
  }

  @Test
  void theLastAttemptIsStillMade() {
    deliver(0, ATTEMPTS);
    deliver(3, 1);
    deliver(2, 2);
    assertEquals(List.of(), settled);
    assertEquals(List.of(), topic.deadLetters());
  }

  @Test
  void aRequestThatKillsItsWorkersIsGivenUp() {
    deliver(0, ATTEMPTS + 1);
    assertGivenUp();
  }

  @Test
  void attemptsBeforeItWasPublishedAgainCount() {
    deliver(ATTEMPTS - 1, 2);
    assertGivenUp();
  }

  private void assertGivenUp() {
    assertEquals(List.of(Settlement.FAILED), settled);
    var started = assertInstanceOf(Started.class, topic.written().getFirst().event());
    assertEquals(Optional.of(new LogPosition("requests", 5, 77)), started.source());
    var failed = assertInstanceOf(Failed.class, topic.written().getLast().event());
    assertEquals(FailureCode.ATTEMPTS_EXHAUSTED, failed.failure().code());
    var letter = topic.deadLetters().getFirst();
    byte[] why = letter.headers().lastHeader(DeadLetter.MESSAGE).value();
    assertTrue(new String(why, StandardCharsets.UTF_8).contains("4 workers were lost"));
    assertEquals(1, topic.deadLetters().size());
  }

  @Test
  void whatWasTakenTooLongAgoIsLeftToOthers() {
    nanos = LOCK;
    deliver(0, 1);
    assertEquals(List.of(Settlement.GIVEN_BACK), settled);
    assertEquals(List.of(), topic.written());
  }

  @Test
  void aRenewedLockHoldsOn() {
    Held held = deliver(0, 1);
    held.renewed(held.record(), 2 * LOCK);
    nanos = LOCK;
    assertTrue(held.holds());
  }
}
