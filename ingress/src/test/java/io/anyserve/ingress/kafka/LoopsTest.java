package io.anyserve.ingress.kafka;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.ingress.response.AssignedPartitions;
import io.anyserve.ingress.response.Events;
import io.anyserve.ingress.response.RecordingSink;
import io.anyserve.ingress.response.ResponseLimits;
import io.anyserve.ingress.response.ResponseMetrics;
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.ingress.response.ResumeTokenCodec;
import io.anyserve.ingress.response.StreamCallbacks;
import io.anyserve.ingress.response.StreamHandle;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.trace.GenAiOperation;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The threads that read {@code tokens} outlive faults that nobody foresaw. */
@Timeout(120)
final class LoopsTest {

  private static final String TOPIC = "anyserve.tokens";
  private static final TopicPartition PLACE = new TopicPartition(TOPIC, 0);
  private static final RequestId ID = new RequestId(1, 2);
  private static final RequestId OTHER = new RequestId(3, 4);
  private static final TenantId ACME = new TenantId("acme");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final AtomicInteger connections = new AtomicInteger();
  private final AssignedPartitions partitions = new AssignedPartitions();
  private final MockConsumer<byte[], byte[]> kafka = new MockConsumer<>("latest");
  private final ReplayService replay =
      new ReplayService(this::connect, TOPIC, partitions, new SimpleMeterRegistry());
  private final ResponseStreams streams =
      new ResponseStreams(
          ResponseLimits.DEFAULT,
          new ResponseMetrics(new SimpleMeterRegistry()),
          new StreamCallbacks((request, reason) -> {}, request -> {}, replay::add),
          partitions,
          new ResumeTokenCodec(new byte[16]),
          System::nanoTime);

  LoopsTest() {
    kafka.updatePartitions(TOPIC, List.of(new PartitionInfo(TOPIC, 0, null, null, null)));
    kafka.updateBeginningOffsets(Map.of(PLACE, 0L));
    kafka.updateEndOffsets(Map.of(PLACE, 0L));
  }

  @Test
  void theLiveReaderGoesOnAfterAnExceptionAnErrorAndARecordThatBreaksACaller() throws Exception {
    var listener =
        new TokenConsumerLoop(
            this::connect,
            new TokenConsumerLoop.Subscription(TOPIC, "ingress-7", 1),
            streams,
            partitions,
            new TokenConsumerMetrics(new SimpleMeterRegistry()),
            System::nanoTime);
    listener.start();
    await().atMost(PATIENCE).until(() -> listener.health().equals(Health.UP));
    assertEquals(3, connections.get());
    open(OTHER, new Overflowing());
    RecordingSink sink = open(ID, new RecordingSink());
    add(0, OTHER);
    add(1, ID);
    await().atMost(PATIENCE).until(() -> sink.heard().contains("started 1"));
    assertEquals(Health.UP, listener.health());
    assertEquals(3, connections.get());
    listener.close();
    assertInstanceOf(Health.Down.class, listener.health());
  }

  @Test
  void theReplayGoesOnAfterAnExceptionAndAnError() throws Exception {
    replay.start();
    var sink = new RecordingSink();
    String token = streams.handle(ID, new SessionId("s"), ACME, new ReplyTo(0, 0)).resumeToken();
    kafka.updateEndOffsets(Map.of(PLACE, 1L));
    kafka.schedulePollTask(() -> add(0, ID));
    streams.resume(token, ACME, 0, PATIENCE, sink);
    await().atMost(PATIENCE).until(() -> replay.health() instanceof Health.Down);
    await().atMost(PATIENCE).until(() -> sink.heard().contains("started 1"));
    await().atMost(PATIENCE).until(() -> replay.health().equals(Health.UP));
    assertEquals(3, connections.get());
    replay.close();
  }

  private Consumer<byte[], byte[]> connect() {
    return switch (connections.incrementAndGet()) {
      case 1 -> throw new IllegalStateException("thrown on purpose by a test");
      case 2 -> throw new StackOverflowError("thrown on purpose by a test");
      default -> kafka;
    };
  }

  private RecordingSink open(RequestId request, RecordingSink sink) {
    streams
        .open(
            new StreamHandle(request, new SessionId("s"), new ReplyTo(0, 0), "t"),
            ACME,
            PATIENCE,
            GenAiOperation.TEXT_COMPLETION,
            Optional.empty(),
            sink)
        .send();
    return sink;
  }

  private void add(long offset, RequestId request) {
    byte[] value = TokenCodec.encode(new TokenRecord(request, 1, 1, Events.started()));
    kafka.addRecord(new ConsumerRecord<>(TOPIC, 0, offset, request.bytes(), value));
  }

  private static final class Overflowing extends RecordingSink {

    @Override
    public void started(int attempt, Started started) {
      throw new StackOverflowError("thrown on purpose by a test");
    }
  }
}
