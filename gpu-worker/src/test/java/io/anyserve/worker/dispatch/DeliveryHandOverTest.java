package io.anyserve.worker.dispatch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RoutingMetadata;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.worker.TestRequests;
import io.anyserve.worker.publish.EventStreamWriter;
import io.anyserve.worker.takeover.TokenTopic;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** What becomes of a request that a worker has and does not end. */
final class DeliveryHandOverTest {

  private static final InferenceRequest REQUEST = request();
  private final Exception stops = new IllegalStateException("the worker stops");

  private final DeliveryFixture test = new DeliveryFixture(4);
  private final Delivery delivery = test.delivery(REQUEST, 2);
  private final EventStreamWriter stream = DeliveryFixture.streamOf(delivery);

  private static InferenceRequest request() {
    InferenceRequest plain = TestRequests.interactive(1, "prompt", 9);
    return plain.with(
        new RoutingMetadata(
            new ReplyTo(0, ReplyTo.UNKNOWN_OFFSET),
            Optional.empty(),
            Priority.INTERACTIVE,
            List.of(),
            0));
  }

  private List<ProducerRecord<byte[], byte[]>> written(String topic) {
    return test.producers.stream()
        .map(MockProducer::history)
        .flatMap(List::stream)
        .filter(record -> record.topic().equals(topic))
        .toList();
  }

  private List<TokenEvent> events() {
    return written(TokenTopic.TOPICS.tokens()).stream()
        .map(record -> TokenCodec.decode(record.key(), record.value()).event())
        .toList();
  }

  private Started started() {
    return DeliveryFixture.started(stream);
  }

  @Test
  void withoutAStartedTheBrokerDeliversItAgain() {
    test.publisher.release(stream, stops);
    assertEquals(AcknowledgeType.RELEASE, delivery.acknowledgement().join());
    assertEquals(List.of(), events());
    assertEquals(List.of(), written("requests"));
    assertEquals(1, test.settled("released"));
  }

  @Test
  void behindItsStartedItIsPublishedAgainWithTheAttemptsMade() {
    test.claim(stream);
    test.acknowledge();
    assertEquals(AcknowledgeType.ACCEPT, delivery.acknowledgement().join());
    stream.resumeAfter(TokenUsage.NONE, 42);
    test.publisher.release(stream, stops);
    assertEquals(List.of(started(), new Released("the worker stops")), events());
    ProducerRecord<byte[], byte[]> copy = written("requests").getFirst();
    assertEquals(5, copy.partition());
    assertArrayEquals(delivery.record().key(), copy.key());
    assertArrayEquals(new byte[] {7}, copy.headers().lastHeader("trace").value());
    InferenceRequest again = RequestCodec.decode(copy.value());
    assertEquals(REQUEST.with(REQUEST.routing().after(2).from(42)), again);
    assertEquals(0, test.settled("handed_over"));
    test.acknowledge();
    assertEquals(new Released("the request is published again", true), events().getLast());
    assertEquals(1, test.settled("handed_over"));
  }

  @Test
  void aFirstAttemptKnowsThatTheRequestBeganWithIt() {
    Delivery first =
        test.delivery(TestRequests.interactive(3, "prompt", 9).with(REQUEST.routing()), 1);
    test.claim(DeliveryFixture.streamOf(first));
    test.acknowledge();
    test.publisher.release(DeliveryFixture.streamOf(first), stops);
    InferenceRequest again = RequestCodec.decode(written("requests").getFirst().value());
    assertEquals(0, again.routing().reply().fromOffset());
  }

  @Test
  void aStartedUnderWayDecides() {
    test.claim(stream);
    test.publisher.release(stream, stops);
    assertFalse(delivery.acknowledgement().isDone());
    assertEquals(List.of(), written("requests"));
    test.acknowledge();
    test.acknowledge();
    assertEquals(1, written("requests").size());
    assertEquals(1, test.settled("handed_over"));
  }

  @Test
  void aStartedThatIsNotWrittenLeavesTheRecordToTheBroker() {
    test.claim(stream);
    test.publisher.release(stream, stops);
    test.producers.element().errorNext(new IllegalStateException("no broker"));
    assertEquals(AcknowledgeType.RELEASE, delivery.acknowledgement().join());
    assertEquals(List.of(), written("requests"));
    assertEquals(1, test.settled("released"));
  }

  @Test
  void aCopyThatIsNotWrittenIsTriedAgain() {
    test.claim(stream);
    test.acknowledge();
    test.publisher.release(stream, stops);
    test.producers.element().completeNext();
    test.producers.element().errorNext(new IllegalStateException("no broker"));
    assertEquals(0, test.settled("handed_over"));
    assertEquals(1, test.later.size());
    test.later.remove().run();
    test.acknowledge();
    test.acknowledge();
    assertEquals(2, written("requests").size());
    assertEquals(1, test.settled("handed_over"));
  }

  @Test
  void aChunkThatIsNotWrittenHandsTheRequestOver() {
    test.claim(stream);
    test.acknowledge();
    test.publisher.write(
        stream, new TokenEvent.Chunk(0, TokenIds.of(3), " word", Optional.empty()));
    test.producers.element().errorNext(new IllegalStateException("no broker"));
    assertEquals(new Released("no broker"), events().getLast());
    assertEquals(1, written("requests").size());
  }
}
