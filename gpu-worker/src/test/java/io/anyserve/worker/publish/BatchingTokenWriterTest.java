package io.anyserve.worker.publish;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Payload.Bytes;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.worker.FakePayloadStore;
import io.anyserve.worker.TestRequests;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** What one step brings to many streams goes into few records, and each stream keeps its order. */
final class BatchingTokenWriterTest {

  private static final ByteArraySerializer BYTES = new ByteArraySerializer();

  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, BYTES, BYTES);
  private final Queue<Runnable> uploads = new ArrayDeque<>();
  private final Publisher publisher =
      new Publisher(new TopicNames("t."), () -> producer, new FakePayloadStore(), uploads::add);
  private final BatchingTokenWriter log = new BatchingTokenWriter(publisher);
  private final FakeOwner firstOwner = new FakeOwner();
  private final FakeOwner secondOwner = new FakeOwner();
  private final EventStreamWriter first = stream(1, firstOwner);
  private final EventStreamWriter second = stream(2, secondOwner);

  private static EventStreamWriter stream(int number, FakeOwner owner) {
    return new EventStreamWriter(
        TestRequests.interactive(number, "prompt", 5), TestRequests.SOURCE, 1, number, owner);
  }

  private static Started started() {
    return new Started(
        TestRequests.interactive(1, "prompt", 5).context(),
        new WorkerId("w"),
        new Capability("words"),
        "m",
        1,
        0,
        false,
        Optional.empty());
  }

  private static Chunk chunk(long sequence) {
    return chunk(sequence, " word");
  }

  private static Chunk chunk(long sequence, String text) {
    return new Chunk(sequence, TokenIds.of(3), text, Optional.empty());
  }

  private static Finished finished(long tokens) {
    var usage = new TokenUsage(1, tokens, 0);
    return new Finished(FinishReason.STOP, usage, Optional.empty(), Duration.ZERO);
  }

  private void bothStart() {
    log.write(first, started());
    log.write(second, started());
    producer.completeNext();
    producer.completeNext();
    producer.clear();
  }

  private List<ProducerRecord<byte[], byte[]>> records() {
    return producer.history();
  }

  private static Stream<TokenRecord> events(ProducerRecord<byte[], byte[]> record) {
    return TokenCodec.decodeAll(record.key(), record.value()).stream();
  }

  private List<TokenEvent> eventsOf(EventStreamWriter stream) {
    return records().stream()
        .flatMap(BatchingTokenWriterTest::events)
        .filter(event -> event.request().equals(stream.request().id()))
        .map(TokenRecord::event)
        .toList();
  }

  @Test
  void theChunksOfAStepGoIntoOneRecord() {
    bothStart();
    log.write(first, chunk(0));
    log.write(second, chunk(0));
    assertEquals(List.of(), records());
    log.flush();
    assertEquals(1, records().size());
    assertNull(records().getFirst().key());
    assertEquals(0, records().getFirst().partition());
    assertEquals(
        List.of(
            new TokenRecord(first.request().id(), 1, 1, chunk(0)),
            new TokenRecord(second.request().id(), 1, 2, chunk(0))),
        events(records().getFirst()).toList());
    log.flush();
    assertEquals(1, records().size());
  }

  /** As when the router publishes a request again and this worker gets both. */
  @Test
  void twoExecutionsOfARequestShareNoRecord() {
    EventStreamWriter again =
        new EventStreamWriter(first.request(), TestRequests.SOURCE, 2, 3, new FakeOwner());
    bothStart();
    log.write(again, started());
    producer.completeNext();
    producer.clear();
    log.write(first, chunk(0));
    log.write(second, chunk(0));
    log.write(again, chunk(0));
    log.flush();
    assertEquals(2, records().size());
    assertEquals(
        List.of(new TokenRecord(first.request().id(), 2, 3, chunk(0))),
        events(records().getLast()).toList());
  }

  @Test
  void aChunkThatComesAloneIsARecordOfItsRequest() {
    bothStart();
    log.write(first, chunk(0));
    log.flush();
    assertArrayEquals(first.request().id().bytes(), records().getFirst().key());
  }

  @Test
  void anEndFollowsItsLastChunk() {
    bothStart();
    log.write(first, chunk(0));
    log.write(first, finished(1));
    log.write(second, chunk(0));
    log.write(first, chunk(1));
    log.write(first, finished(2));
    log.flush();
    assertEquals(List.of(chunk(0), finished(1)), eventsOf(first));
    assertEquals(List.of(chunk(0)), eventsOf(second));
    assertTrue(first.closed());
    assertFalse(second.closed());
    producer.completeNext();
    assertEquals(List.of(), firstOwner.heard());
    producer.completeNext();
    assertEquals(List.of("FINISHED"), firstOwner.heard());
  }

  @Test
  void noRecordHasTwoChunksOfAStream() {
    bothStart();
    log.write(first, chunk(0));
    log.write(second, chunk(0));
    log.write(first, chunk(1));
    log.flush();
    assertEquals(2, records().size());
    assertEquals(List.of(chunk(0), chunk(1)), eventsOf(first));
  }

  @Test
  void whatIsLargeGoesByItselfBehindWhatWasGathered() {
    bothStart();
    var data = new Bytes(ByteString.copyFrom(new byte[100_000]), "image/png");
    log.write(first, chunk(0));
    log.write(first, new Chunk(1, TokenIds.of(0), "", Optional.of(data)));
    log.write(first, chunk(2));
    log.write(first, finished(3));
    log.flush();
    assertEquals(List.of(chunk(0)), eventsOf(first));
    uploads.remove().run();
    List<TokenEvent> events = eventsOf(first);
    assertEquals(4, events.size());
    assertEquals(chunk(2), events.get(2));
    assertEquals(finished(3), events.getLast());
  }

  @Test
  void aRecordDoesNotGrowWithoutBound() {
    bothStart();
    String text = "x".repeat(4_000);
    List<EventStreamWriter> streams =
        Stream.iterate(3, number -> number + 1)
            .limit(100)
            .map(number -> stream(number, new FakeOwner()))
            .toList();
    streams.forEach(stream -> log.write(stream, chunk(0, text)));
    log.flush();
    assertTrue(records().size() > 1, "all in one");
    assertEquals(100, records().stream().flatMap(BatchingTokenWriterTest::events).count());
    records().forEach(record -> assertTrue(record.value().length < 300_000));
  }

  @Test
  void aBatchThatIsNotWrittenIsLostToAllItsStreams() {
    bothStart();
    log.write(first, chunk(0));
    log.write(second, chunk(0));
    log.flush();
    producer.errorNext(new TimeoutException("the broker is gone"));
    uploads.forEach(Runnable::run);
    assertEquals(List.of("LOST"), firstOwner.heard());
    assertEquals(List.of("LOST"), secondOwner.heard());
    assertTrue(first.closed());
  }
}
