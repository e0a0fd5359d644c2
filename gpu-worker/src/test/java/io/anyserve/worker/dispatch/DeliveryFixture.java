package io.anyserve.worker.dispatch;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.worker.FakePayloadStore;
import io.anyserve.worker.TestRequests;
import io.anyserve.worker.publish.EventStreamWriter;
import io.anyserve.worker.publish.Publisher;
import io.anyserve.worker.schedule.WorkerIdentity;
import io.anyserve.worker.takeover.TokenTopic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Deliveries of one capability, and a log that acknowledges when the test says so. */
public final class DeliveryFixture {

  public static final WorkerIdentity IDENTITY =
      new WorkerIdentity(new WorkerId("w"), TestRequests.CAPABILITY, "words");

  public final Queue<MockProducer<byte[], byte[]>> producers = new ArrayDeque<>();
  public final Queue<Runnable> later = new ArrayDeque<>();
  public final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  public final InFlightDeliveries deliveries;
  public final Publisher publisher =
      new Publisher(TokenTopic.TOPICS, this::open, new FakePayloadStore(), Runnable::run);
  public final RequestRepublisher republisher =
      new RequestRepublisher(publisher, Runnable::run, later::add);
  public long nanos;

  public DeliveryFixture(int slots) {
    deliveries =
        new InFlightDeliveries(slots, new DeliveryMetrics(registry, TestRequests.CAPABILITY));
  }

  private MockProducer<byte[], byte[]> open() {
    var serializer = new ByteArraySerializer();
    var producer = new MockProducer<>(false, null, serializer, serializer);
    producers.add(producer);
    return producer;
  }

  /** The log acknowledges all that was written so far. */
  public void acknowledge() {
    for (MockProducer<byte[], byte[]> producer : producers) {
      while (producer.completeNext()) {}
    }
  }

  public Delivery delivery(Priority lane, long offset) {
    return delivery(lane, record(offset));
  }

  public Delivery delivery(Priority lane, ConsumerRecord<byte[], byte[]> record) {
    var clock = new Delivery.Clock(() -> nanos, 1_000);
    var delivery = new Delivery(record, lane, clock, deliveries, republisher);
    deliveries.add(delivery);
    return delivery;
  }

  private static ConsumerRecord<byte[], byte[]> record(long offset) {
    return new ConsumerRecord<>("requests", 0, offset, new byte[0], new byte[0]);
  }

  /** A delivery of that request, with its stream. */
  public Delivery delivery(InferenceRequest request, int deliveries) {
    var record =
        new ConsumerRecord<>(
            "requests",
            5,
            77,
            0L,
            TimestampType.LOG_APPEND_TIME,
            0,
            0,
            new byte[] {1, 2},
            RequestCodec.encode(request),
            new RecordHeaders().add("trace", new byte[] {7}),
            Optional.empty(),
            Optional.of((short) deliveries));
    Delivery delivery = delivery(request.routing().priority(), record);
    executed(delivery, request, deliveries);
    return delivery;
  }

  public EventStreamWriter executed(Delivery delivery, InferenceRequest request, int attempt) {
    var stream = new EventStreamWriter(request, delivery.position(), attempt, 77, delivery);
    delivery.executedBy(stream);
    return stream;
  }

  /** The stream of its execution. */
  public static EventStreamWriter streamOf(Delivery delivery) {
    return Objects.requireNonNull(delivery.stream(), "no execution");
  }

  /** Writes its Started. */
  public void claim(EventStreamWriter stream) {
    publisher.claim(stream, started(stream));
  }

  public static Started started(EventStreamWriter stream) {
    return IDENTITY.started(stream, 0);
  }

  /** Deliveries that are not settled. */
  public int inFlight() {
    return deliveries.all().size();
  }

  public double settled(String outcome) {
    return registry.get("anyserve.worker.settled").tag("outcome", outcome).counter().count();
  }
}
