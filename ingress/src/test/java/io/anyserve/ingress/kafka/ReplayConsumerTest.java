package io.anyserve.ingress.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.ingress.response.AssignedPartitions;
import io.anyserve.ingress.response.Events;
import io.anyserve.ingress.response.RecordingSink;
import io.anyserve.ingress.response.ResponseLimits;
import io.anyserve.ingress.response.ResponseMetrics;
import io.anyserve.ingress.response.ResponseStream;
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.ingress.response.ResumeTokenCodec;
import io.anyserve.ingress.response.StreamCallbacks;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The steps of a replay, without its thread. */
final class ReplayConsumerTest {

  private static final String TOPIC = "anyserve.tokens";
  private static final TopicPartition PLACE = new TopicPartition(TOPIC, 0);
  private static final TenantId ACME = new TenantId("acme");
  private static final int STEPS = 50;

  private final Queue<ResponseStream> inbox = new ArrayDeque<>();
  private final AssignedPartitions live = new AssignedPartitions();
  private final MockConsumer<byte[], byte[]> kafka = new MockConsumer<>("none");
  private final Counter records = new SimpleMeterRegistry().counter("records");
  private final ReplayConsumer reader =
      new ReplayConsumer(kafka, TOPIC, new ReplayScheduler(), live, records);
  private final ResponseStreams streams =
      new ResponseStreams(
          ResponseLimits.DEFAULT,
          new ResponseMetrics(new SimpleMeterRegistry()),
          new StreamCallbacks((request, reason) -> {}, request -> {}, inbox::add),
          live,
          new ResumeTokenCodec(new byte[16]),
          () -> 0);

  @BeforeEach
  void exists() {
    kafka.updatePartitions(TOPIC, List.of(new PartitionInfo(TOPIC, 0, null, null, null)));
    kafka.updateBeginningOffsets(Map.of(PLACE, 0L));
  }

  @Test
  void nothingIsReadForACallerThatLeftWhileItWaited() {
    resume(1, 100).stream().onDisconnect(CancelReason.CLIENT_GONE);
    reader.step(inbox);
    assertTrue(inbox.isEmpty());
    assertEquals(Set.of(), kafka.assignment());
  }

  @Test
  void aPassKeepsItsTurnUntilTheBrokersAnswer() {
    kafka.updateEndOffsets(Map.of(PLACE, 200_000L));
    resume(1, 100);
    resume(2, 100_000);
    for (int i = 0; i < STEPS; i++) {
      reader.step(inbox);
      assertEquals(100, kafka.position(PLACE));
    }
    add(1, 100);
    reader.step(inbox);
    reader.step(inbox);
    assertEquals(100_000, kafka.position(PLACE), "the other one's turn");
  }

  @Test
  void nearTheEndTheLiveReaderIsAskedToTakeOver() {
    kafka.updateEndOffsets(Map.of(PLACE, 5_000L));
    RecordingSink sink = resume(1, 100);
    reader.step(inbox);
    assertFalse(live.isAsked(), "4,900 records are left");
    kafka.updateEndOffsets(Map.of(PLACE, 102L));
    add(1, 100);
    reader.step(inbox);
    assertEquals(List.of(new ReplyTo(0, 101)), live.takeAsked());
    live.reached(0, 101);
    reader.step(inbox);
    assertFalse(sink.stream().isBehind(), "it goes on live");
    streams.receive(
        0,
        101,
        0,
        new RequestId(1, 1).bytes(),
        TokenCodec.encode(new TokenRecord(new RequestId(1, 1), 1, 1, Events.chunk(0))));
    assertEquals(List.of("opened", "accepted", "started 1", "chunk 0"), sink.heard());
  }

  private RecordingSink resume(long request, long from) {
    var sink = new RecordingSink();
    String token =
        streams
            .handle(new RequestId(request, request), new SessionId("s"), ACME, new ReplyTo(0, from))
            .resumeToken();
    streams.resume(token, ACME, 0, Duration.ofMinutes(1), sink);
    return sink;
  }

  private void add(long request, long offset) {
    kafka.addRecord(
        new ConsumerRecord<>(
            TOPIC,
            0,
            offset,
            new RequestId(request, request).bytes(),
            TokenCodec.encode(event(request))));
  }

  private static TokenRecord event(long request) {
    return new TokenRecord(new RequestId(request, request), 1, 1, Events.started());
  }
}
