package io.anyserve.worker.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.Payload.Bytes;
import io.anyserve.contracts.Payload.ObjectReference;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.RequestKind;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.FencedStream;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.worker.FakePayloadStore;
import io.anyserve.worker.TestRequests;
import io.anyserve.worker.payload.PayloadStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

final class PublisherTest {

  private final List<MockProducer<byte[], byte[]>> producers = new ArrayList<>();
  private final Queue<Runnable> uploads = new ArrayDeque<>();
  private final FakeOwner owner = new FakeOwner();
  private final EventStreamWriter stream =
      new EventStreamWriter(
          TestRequests.interactive(1, "prompt", 5), TestRequests.SOURCE, 1, 77, owner);

  private Publisher publisher(PayloadStore payloads) {
    return new Publisher(new TopicNames("t."), this::open, payloads, uploads::add);
  }

  private MockProducer<byte[], byte[]> open() {
    var serializer = new ByteArraySerializer();
    var producer = new MockProducer<>(false, null, serializer, serializer);
    producers.add(producer);
    return producer;
  }

  private List<TokenEvent> written() {
    return producers.stream()
        .flatMap(producer -> producer.history().stream())
        .map(PublisherTest::decode)
        .map(TokenRecord::event)
        .toList();
  }

  private static TokenRecord decode(ProducerRecord<byte[], byte[]> record) {
    return TokenCodec.decode(record.key(), record.value());
  }

  private static Started started() {
    var request = TestRequests.interactive(1, "prompt", 5);
    return new Started(
        request.context(),
        new WorkerId("w"),
        new Capability("words"),
        "m",
        1,
        0,
        false,
        Optional.empty());
  }

  private static Chunk chunk(long sequence) {
    return new Chunk(sequence, TokenIds.of(3), " word", Optional.empty());
  }

  private static Chunk large(long sequence) {
    var data = new Bytes(ByteString.copyFrom(new byte[100_000]), "image/png");
    return new Chunk(sequence, TokenIds.of(0), "", Optional.of(data));
  }

  private static Finished finished(long tokens) {
    var usage = new TokenUsage(1, tokens, 0);
    return new Finished(FinishReason.STOP, usage, Optional.empty(), Duration.ZERO);
  }

  @Test
  void theOwnerHearsWhenTheTerminalEventIsInTheLog() {
    var publisher = publisher(new FakePayloadStore());
    publisher.write(stream, started());
    publisher.write(stream, chunk(0));
    publisher.write(stream, finished(1));
    var producer = producers.getFirst();
    assertEquals(3, producer.history().size());
    assertEquals(0, producer.history().getFirst().partition());
    producer.completeNext();
    producer.completeNext();
    assertEquals(List.of(), owner.heard());
    producer.completeNext();
    assertEquals(List.of("FINISHED"), owner.heard());
  }

  @Test
  void nothingFollowsATerminalEvent() {
    var publisher = publisher(new FakePayloadStore());
    publisher.write(stream, started());
    publisher.write(stream, finished(0));
    publisher.write(stream, chunk(0));
    publisher.write(stream, finished(0));
    assertEquals(2, written().size());
  }

  @Test
  void largeContentGoesByReferenceAndKeepsItsPlace() {
    var publisher = publisher(new FakePayloadStore());
    publisher.write(stream, started());
    publisher.write(stream, large(0));
    publisher.write(stream, chunk(1));
    publisher.write(stream, finished(2));
    assertEquals(1, written().size());
    uploads.remove().run();
    List<TokenEvent> events = written();
    assertEquals(4, events.size());
    var first = assertInstanceOf(Chunk.class, events.get(1));
    assertInstanceOf(ObjectReference.class, first.payload().orElseThrow());
    assertEquals(chunk(1), events.get(2));
    assertInstanceOf(Finished.class, events.get(3));
    assertTrue(uploads.isEmpty());
  }

  @Test
  void vectorsNeverGoByReference() {
    InferenceRequest embed = TestRequests.interactive(2, "x", 5).with(RequestKind.EMBED);
    var vectors = new EventStreamWriter(embed, TestRequests.SOURCE, 1, 78, owner);
    var publisher = publisher(new FakePayloadStore());
    publisher.write(vectors, started());
    publisher.write(vectors, large(0));
    assertEquals(large(0), written().getLast());
    assertTrue(uploads.isEmpty());
  }

  @Test
  void anUploadThatFailsEndsTheStreamWithTheCountsSoFar() {
    var publisher = publisher(new RefusingStore());
    publisher.write(stream, started());
    publisher.write(stream, chunk(0));
    publisher.write(stream, large(1));
    publisher.write(stream, finished(2));
    uploads.remove().run();
    List<TokenEvent> events = written();
    assertEquals(3, events.size());
    var failed = assertInstanceOf(Failed.class, events.getLast());
    assertEquals(FailureCode.STORE_UNAVAILABLE, failed.failure().code());
    assertEquals(new TokenUsage(1, 1, 0), failed.usage());
    assertTrue(stream.closed());
  }

  @Test
  void anEventTooLargeForTheLogFailsTheRequest() {
    var publisher = publisher(new FakePayloadStore());
    publisher.write(stream, started());
    publisher.write(stream, new Chunk(0, TokenIds.of(1), "x".repeat(2_000_000), Optional.empty()));
    var failed = assertInstanceOf(Failed.class, written().getLast());
    assertEquals(FailureCode.TOO_LARGE, failed.failure().code());
    assertEquals(new TokenUsage(1, 0, 0), failed.usage());
  }

  @Test
  void nothingIsWrittenBehindALostRecord() {
    var publisher = publisher(new FakePayloadStore());
    publisher.write(stream, started());
    publisher.write(stream, chunk(0));
    producers.getFirst().errorNext(new TimeoutException("the broker is gone"));
    assertTrue(stream.closed());
    uploads.remove().run();
    assertEquals(List.of("LOST"), owner.heard());
    assertTrue(producers.getFirst().closed());
    publisher.write(stream, finished(1));
    assertEquals(2, written().size());

    var other =
        new EventStreamWriter(
            TestRequests.interactive(2, "p", 5), TestRequests.SOURCE, 1, 78, owner);
    publisher.write(other, started());
    assertEquals(1, producers.get(1).history().size());
  }

  @Test
  void aFailureBeforeTheStartIsOfNobody() {
    var publisher = publisher(new FakePayloadStore());
    publisher.write(
        stream,
        new Failed(
            new io.anyserve.contracts.Failure(FailureCode.DEADLINE_EXCEEDED, "late"),
            TokenUsage.NONE,
            stream.contextUnlessStarted()));
    TokenRecord record = decode(producers.getFirst().history().getFirst());
    assertEquals(0, record.attempt());
    assertEquals(0, record.executionId());
  }

  /** A store that takes nothing. */
  private static final class RefusingStore implements PayloadStore {

    @Override
    public Payload resolve(TenantId tenant, Payload input) {
      throw new FailureException(FailureCode.STORE_UNAVAILABLE, "store: down");
    }

    @Override
    public boolean tooLarge(Payload payload) {
      return payload.size() > 1000;
    }

    @Override
    public ObjectReference offload(TenantId tenant, RequestId request, Payload payload) {
      throw new FailureException(FailureCode.STORE_UNAVAILABLE, "store: down");
    }
  }

  @Test
  void aRunThatIsReleasedSaysSoOnceAndWritesNothingMore() {
    Publisher publisher = publisher(new FakePayloadStore());
    publisher.write(stream, started());
    publisher.release(stream, new IllegalStateException("the worker stops"));
    publisher.release(stream, new IllegalStateException("the lock was lost"));
    publisher.write(stream, chunk(0));
    assertEquals(List.of(started(), new Released("the worker stops")), written());
    assertEquals("LOST", owner.heard().getFirst());
  }

  @Test
  void aRunThatHasNotBegunIsReleasedWithoutAWord() {
    publisher(new FakePayloadStore()).release(stream, new IllegalStateException("it is full"));
    assertEquals(List.of(), written());
    assertEquals(List.of("LOST"), owner.heard());
  }

  @Test
  void aRunWhoseRecordIsLostIsReleasedThroughTheNextProducer() {
    Publisher publisher = publisher(new FakePayloadStore());
    publisher.write(stream, started());
    publisher.write(stream, chunk(0));
    producers.getFirst().completeNext();
    producers.getFirst().errorNext(new IllegalStateException("no broker"));
    assertEquals(List.of(), owner.heard());
    uploads.forEach(Runnable::run);
    assertEquals(List.of("LOST"), owner.heard());
    var released = decode(producers.getLast().history().getLast());
    assertEquals(77, released.executionId());
    assertEquals(new Released("no broker"), released.event());
  }

  @Test
  void anEndHasTheCountsOfTheLogWhateverItsWriterClaims() {
    Publisher publisher = publisher(new FakePayloadStore());
    publisher.write(stream, started());
    publisher.write(stream, chunk(0));
    publisher.write(
        stream, new Cancelled(CancelReason.QUOTA, new TokenUsage(9, 9, 9), Optional.empty()));
    assertEquals(
        new Cancelled(CancelReason.QUOTA, new TokenUsage(1, 1, 1), Optional.empty()),
        written().getLast());
  }

  @Test
  void anEndBeforeTheStartUsedNothing() {
    var asked = Optional.of(stream.request().context());
    publisher(new FakePayloadStore())
        .write(stream, new Cancelled(CancelReason.QUOTA, new TokenUsage(9, 0, 0), asked));
    assertEquals(new Cancelled(CancelReason.QUOTA, TokenUsage.NONE, asked), written().getLast());
  }

  @Test
  void aClaimIsTheFirstStartedOrNothing() {
    Publisher publisher = publisher(new FakePayloadStore());
    publisher.claim(stream, begun(0));
    publisher.claim(stream, begun(0));
    publisher.write(stream, begun(0));
    assertEquals(List.of(begun(0)), written());
    publisher.write(stream, begun(4));
    publisher.write(stream, begun(4));
    publisher.claim(stream, begun(0));
    assertEquals(List.of(begun(0), begun(4).repeated()), written());
  }

  @Test
  void whatHasEndedCannotBeClaimed() {
    Publisher publisher = publisher(new FakePayloadStore());
    var asked = Optional.of(stream.request().context());
    publisher.write(stream, new Cancelled(CancelReason.DEADLINE, TokenUsage.NONE, asked));
    publisher.claim(stream, begun(0));
    assertEquals(1, written().size());
    assertEquals(0, decode(producers.getFirst().history().getFirst()).attempt());
  }

  @Test
  void anEndBehindAClaimIsOfTheExecutionThatClaimed() {
    Publisher publisher = publisher(new FakePayloadStore());
    var end =
        new Cancelled(
            CancelReason.DEADLINE, TokenUsage.NONE, Optional.of(stream.request().context()));
    publisher.claim(stream, begun(0));
    publisher.write(stream, end);
    TokenRecord last = decode(producers.getFirst().history().getLast());
    assertEquals(1, last.attempt());
    assertEquals(77, last.executionId());
  }

  /**
   * Of two threads that write the first event at once, the second one sees what the first wrote.
   */
  @RepeatedTest(20)
  void aClaimAndAnEndThatMeetLeaveAStreamThatEnds() throws InterruptedException {
    Publisher publisher = publisher(new FakePayloadStore());
    var asked = Optional.of(stream.request().context());
    var meet = new CyclicBarrier(2);
    Thread claims =
        Thread.ofPlatform()
            .start(
                () -> {
                  await(meet);
                  publisher.claim(stream, begun(0));
                });
    await(meet);
    publisher.write(stream, new Cancelled(CancelReason.EXPLICIT, TokenUsage.NONE, asked));
    claims.join();
    var readers = new FencedStream();
    producers.getFirst().history().stream().map(PublisherTest::decode).forEach(readers::apply);
    assertTrue(readers.ended());
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Started begun(long promptTokens) {
    Started plain = started();
    return new Started(
        plain.context(),
        plain.worker(),
        plain.capability(),
        plain.model(),
        promptTokens,
        plain.inputBytes(),
        plain.delegated(),
        plain.source());
  }

  @Test
  void aStreamHasBegunWhenItsFirstStartedIsInTheLog() {
    Publisher publisher = publisher(new FakePayloadStore());
    publisher.claim(stream, begun(0));
    publisher.write(stream, begun(4));
    assertFalse(stream.begun().isDone());
    producers.getFirst().completeNext();
    assertEquals(0L, stream.begun().join());
    assertEquals(0, stream.firstOffset());
  }

  @Test
  void aStartedThatIsNotWrittenIsNoBeginningAndNeedsNoReleased() {
    Publisher publisher = publisher(new FakePayloadStore());
    publisher.claim(stream, begun(0));
    producers.getFirst().errorNext(new TimeoutException("no broker"));
    uploads.forEach(Runnable::run);
    assertTrue(stream.begun().isCompletedExceptionally());
    assertEquals(List.of("LOST"), owner.heard());
    assertEquals(List.of(begun(0)), written());
  }
}
