package io.anyserve.worker.dispatch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.AdmissionRules;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RoutingMetadata;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.event.FencedStream;
import io.anyserve.contracts.event.FencedStream.Verdict;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.DeadLetter;
import io.anyserve.worker.FakePayloadStore;
import io.anyserve.worker.TestRequests;
import io.anyserve.worker.publish.ExecutionListener;
import io.anyserve.worker.schedule.CommandQueue;
import io.anyserve.worker.takeover.TakeoverCoordinator;
import io.anyserve.worker.takeover.TokenTopic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

final class RequestDispatcherTest {

  private static final int ATTEMPTS = 4;
  private static final int MOST_ATTEMPTS_IN_ALL = 100;
  private static final Duration LOCK = Duration.ofSeconds(2);
  private static final byte[] KEY = {1, 2};

  /** The field of that name. */
  private static final int EARLIER_ATTEMPTS = 9;

  private final TokenTopic topic = new TokenTopic();
  private final CommandQueue inbox = new CommandQueue(9);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final DeliveryMetrics meters = new DeliveryMetrics(registry, TestRequests.CAPABILITY);
  private final List<Duration> pauses = new ArrayList<>();
  private Runnable later = () -> {};
  private long nanos;

  private final RequestDispatcher reception =
      new RequestDispatcher(
          DeliveryFixture.IDENTITY,
          inbox,
          new TakeoverCoordinator(
              DeliveryFixture.IDENTITY,
              topic.publisher(),
              new TakeoverCoordinator.Means(topic.takeovers(), ATTEMPTS, Runnable::run)),
          new RequestDispatcher.Means(
              topic.publisher(),
              new FakePayloadStore(),
              Runnable::run,
              (pause, task) -> {
                pauses.add(pause);
                later = task;
              },
              ExecutionListener.Source.NONE,
              () -> nanos,
              LOCK),
          new InFlightDeliveries(99, meters),
          meters);

  /** What became of the deliveries so far, by the metrics. */
  private List<Disposition> settled() {
    List<Disposition> settled = new ArrayList<>();
    for (Disposition how : Disposition.values()) {
      double count =
          registry
              .get("anyserve.worker.settled")
              .tag("outcome", how.name().toLowerCase(Locale.ROOT))
              .counter()
              .count();
      settled.addAll(Collections.nCopies((int) count, how));
    }
    return settled;
  }

  private static InferenceRequest request(int earlierAttempts) {
    InferenceRequest plain = TestRequests.interactive(1, "prompt", 9);
    return new InferenceRequest(
        plain.id(),
        plain.context(),
        plain.input(),
        plain.parameters(),
        new RoutingMetadata(
            new ReplyTo(0, 0), Optional.empty(), Priority.INTERACTIVE, List.of(), earlierAttempts),
        Optional.empty());
  }

  private Delivery deliver(int earlierAttempts, int deliveries) {
    return deliver(RequestCodec.encode(request(earlierAttempts)), deliveries);
  }

  private Delivery deliver(byte[] value, int deliveries) {
    var record =
        new ConsumerRecord<>(
            "requests",
            5,
            77,
            0L,
            TimestampType.LOG_APPEND_TIME,
            0,
            0,
            KEY,
            value,
            new RecordHeaders().add("trace", new byte[] {7}),
            Optional.empty(),
            Optional.of((short) deliveries));
    return reception.receive(Priority.INTERACTIVE, List.of(record), 0).getFirst();
  }

  @Test
  void howOftenARequestWasHandedOutDoesNotEndIt() {
    deliver(0, RequestDispatcher.REQUEUED_FROM - 1);
    deliver(3 * ATTEMPTS, 1);
    deliver(MOST_ATTEMPTS_IN_ALL - 1, 1);
    assertEquals(List.of(), settled());
    assertEquals(List.of(), topic.deadLetters());
  }

  /** The request as a producer may write it that heeds no limit. */
  private static byte[] withAttempts(int earlierAttempts) {
    var value = new ByteArrayOutputStream();
    value.writeBytes(RequestCodec.encode(request(0)));
    value.write(EARLIER_ATTEMPTS << 3);
    for (int rest = earlierAttempts; rest != 0; rest >>>= 7) {
      value.write(rest >>> 7 == 0 ? rest : (rest & 0x7f) | 0x80);
    }
    return value.toByteArray();
  }

  private Failed assertRefused(FailureCode code, String message) {
    assertEquals(1, topic.deadLetters().size());
    assertEquals(1, topic.written().size());
    TokenRecord event = topic.written().getFirst();
    assertEquals(request(0).id(), event.request());
    assertEquals(Verdict.ACCEPTED, new FencedStream().apply(event));
    var failed = assertInstanceOf(Failed.class, event.event());
    assertEquals(code, failed.failure().code());
    assertTrue(failed.failure().message().contains(message), failed.failure().message());
    return failed;
  }

  @Test
  void attemptsBeyondCountingAreRefusedAndTheCallerHears() {
    deliver(withAttempts(Integer.MAX_VALUE), 1);
    assertEquals(List.of(Disposition.REJECTED), settled());
    assertRefused(FailureCode.INVALID_REQUEST, "earlier_attempts: 2147483647 (expected: 0 to ");
  }

  @Test
  void theMostAttemptsThatCanBeCountedAreGivenUp() {
    deliver(withAttempts(RoutingMetadata.MAX_EARLIER_ATTEMPTS), 1);
    assertEquals(List.of(Disposition.FAILED), settled());
    deliver(withAttempts(RoutingMetadata.MAX_EARLIER_ATTEMPTS), RequestDispatcher.REQUEUED_FROM);
    assertEquals(List.of(Disposition.FAILED, Disposition.REQUEUED), settled());
  }

  @Test
  void whatTheLedgerWouldRefuseIsRefused() {
    InferenceRequest plain = request(0);
    for (RequestContext context :
        List.of(
            context("", Instant.ofEpochMilli(-1)),
            context("", Instant.ofEpochMilli(1_000_000_000_000_000L)),
            context("k".repeat(AdmissionRules.MAX_API_KEY + 1), Instant.EPOCH),
            context("a\nb", Instant.EPOCH))) {
      var request =
          new InferenceRequest(
              plain.id(),
              context,
              plain.input(),
              plain.parameters(),
              plain.routing(),
              Optional.empty());
      topic.clear();
      int before = settled().size();
      deliver(RequestCodec.encode(request), 1);
      assertEquals(Collections.nCopies(before + 1, Disposition.FAILED), settled());
      Failed failed = assertRefused(FailureCode.INVALID_REQUEST, "expected: ");
      assertEquals("", failed.context().orElseThrow().apiKey());
      assertEquals(Instant.EPOCH, failed.context().orElseThrow().acceptedAt());
    }
  }

  private static RequestContext context(String apiKey, Instant acceptedAt) {
    RequestContext plain = request(0).context();
    return new RequestContext(
        plain.tenant(),
        plain.session(),
        apiKey,
        plain.capability(),
        plain.labels(),
        acceptedAt,
        plain.asynchronous());
  }

  @Test
  void aReplyPartitionThatDoesNotExistIsRefusedInOneThatDoes() {
    InferenceRequest plain = request(0);
    var far = new ReplyTo(7, 0);
    var routing = new RoutingMetadata(far, Optional.empty(), Priority.INTERACTIVE, List.of(), 0);
    deliver(RequestCodec.encode(plain.with(routing)), 1);
    assertEquals(List.of(Disposition.REJECTED), settled());
    assertRefused(FailureCode.INVALID_REQUEST, "reply.partition: 7 (expected: below 1)");
  }

  @Test
  void whatNobodyCanBeToldOfIsADeadLetterAlone() {
    deliver(new byte[] {1, 2, 3}, 1);
    assertEquals(List.of(Disposition.REJECTED), settled());
    assertEquals(List.of(), topic.written());
    assertEquals(1, topic.deadLetters().size());
  }

  @Test
  void aRecordThatFillsItsTopicHasADeadLetterWithoutContent() {
    deliver(new byte[1_000_100], 1);
    assertEquals(List.of(Disposition.REJECTED), settled());
    assertNull(topic.deadLetters().getFirst().value());
    assertNotNull(topic.deadLetters().getFirst().headers().lastHeader(DeadLetter.OFFSET));
  }

  @Test
  void aRequestThatWasHandedOutAbsurdlyOftenIsGivenUp() {
    deliver(MOST_ATTEMPTS_IN_ALL, 1);
    assertEquals(List.of(Disposition.FAILED), settled());
    var started = assertInstanceOf(Started.class, topic.written().getFirst().event());
    assertEquals(Optional.of(new TopicOffset("requests", 5, 77)), started.source());
    var failed = assertInstanceOf(Failed.class, topic.written().getLast().event());
    assertEquals(FailureCode.ATTEMPTS_EXHAUSTED, failed.failure().code());
    assertEquals("attempts: 101 in all (expected: at most 100)", failed.failure().message());
    var letter = topic.deadLetters().getFirst();
    byte[] why = letter.headers().lastHeader(DeadLetter.MESSAGE).value();
    assertTrue(new String(why, StandardCharsets.UTF_8).contains("101 in all"));
    assertEquals(1, topic.deadLetters().size());
  }

  @Test
  void aRecordThatKafkaWillArchiveIsPublishedAgain() {
    deliver(2, RequestDispatcher.REQUEUED_FROM);
    assertEquals(List.of(Disposition.REQUEUED), settled());
    ProducerRecord<byte[], byte[]> copy = topic.of("requests").getFirst();
    assertEquals(Integer.valueOf(5), copy.partition());
    assertArrayEquals(KEY, copy.key());
    assertArrayEquals(new byte[] {7}, copy.headers().lastHeader("trace").value());
    InferenceRequest again = RequestCodec.decode(copy.value());
    assertEquals(2 + RequestDispatcher.REQUEUED_FROM, again.routing().earlierAttempts());
    assertEquals(request(2).with(again.routing()), again);
    assertEquals(List.of(), topic.written());
  }

  @Test
  void aRecordThatKafkaWillArchiveIsPublishedAgainThoughItsLockIsOver() {
    nanos = LOCK.toNanos();
    deliver(0, RequestDispatcher.REQUEUED_FROM + 1);
    assertEquals(List.of(Disposition.REQUEUED), settled());
    assertEquals(1, topic.of("requests").size());
  }

  @Test
  void aRecordWhoseCopyCannotBeWrittenStays() {
    topic.refuse("requests");
    deliver(0, RequestDispatcher.REQUEUED_FROM);
    assertEquals(List.of(Disposition.RELEASED), settled());
  }

  @Test
  void whatWasTakenTooLongAgoIsLeftToOthers() {
    nanos = LOCK.toNanos();
    deliver(0, 1);
    assertEquals(List.of(Disposition.RELEASED), settled());
    assertEquals(List.of(), topic.written());
  }

  @Test
  void aFirstDeliveryIsLeftToTheSchedulerToBegin() {
    Delivery delivery = deliver(0, 1);
    assertEquals(List.of(), topic.written());
    assertFalse(delivery.acknowledgement().isDone());
    reception.claim(delivery);
    assertEquals(List.of(1), topic.begun());
    assertEquals(AcknowledgeType.ACCEPT, delivery.acknowledgement().join());
    assertEquals(List.of(), settled());
  }

  @Test
  void aLaterAttemptIsFencedAtOnceAndComesWithWhatTheEarlierOneWrote() {
    topic.write(request(0).id(), 1, 99, begun());
    topic.write(request(0).id(), 1, 99, new Chunk(0, TokenIds.of(5), "t", Optional.empty()));
    Delivery delivery = deliver(1, 1);
    assertEquals(AcknowledgeType.ACCEPT, delivery.acknowledgement().join());
    assertEquals(List.of(1, 2), topic.begun());
    assertEquals(1, registry.get("anyserve.worker.takeovers").counter().count());
  }

  /** As another worker says it. */
  private static Started begun() {
    return new Started(
        request(0).context(),
        new WorkerId("other"),
        TestRequests.CAPABILITY,
        "words",
        1,
        0,
        false,
        Optional.empty());
  }

  @Test
  void aStartedThatComesAfterTheLockLooksWhetherAnotherWorkerHasTheRequest() {
    Delivery delivery = deliver(0, 1);
    topic.write(request(0).id(), 2, 99, begun());
    nanos = LOCK.toNanos();
    reception.claim(delivery);
    assertEquals(List.of(Disposition.SUPERSEDED), settled());
  }

  /** Its record was delivered again: the other worker may begin it at any time. */
  @Test
  void aRecordThatTheBrokerGivesToOthersIsLookedForUntilAnotherWorkerHasIt() {
    Delivery delivery = deliver(0, 1);
    reception.claim(delivery);
    reception.doubt(List.of(delivery.position()));
    later.run();
    later.run();
    assertEquals(List.of(1L, 2L, 4L), pauses.stream().map(Duration::toSeconds).toList());
    assertEquals(List.of(), settled());
    topic.write(request(0).id(), 2, 99, begun());
    later.run();
    assertEquals(List.of(Disposition.SUPERSEDED), settled());
    pauses.clear();
    later.run();
    assertEquals(List.of(), pauses);
  }

  @Test
  void otherRecordsAreNotInDoubt() {
    Delivery delivery = deliver(0, 1);
    reception.claim(delivery);
    reception.doubt(List.of(new TopicOffset("requests", 5, 78)));
    assertEquals(List.of(), pauses);
  }
}
