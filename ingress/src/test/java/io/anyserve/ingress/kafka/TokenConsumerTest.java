package io.anyserve.ingress.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.ingress.response.ResumeTokenCodec;
import io.anyserve.ingress.response.StreamHandle;
import io.anyserve.ingress.response.TestEffects;
import io.anyserve.runtime.trace.GenAiOperation;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class TokenConsumerTest {

  private static final String TOPIC = "anyserve.tokens";
  private static final RequestId ID = new RequestId(1, 2);
  private static final Duration NO_WAIT = Duration.ZERO;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final MockConsumer<byte[], byte[]> kafka = new MockConsumer<>("latest");
  private final AssignedPartitions partitions = new AssignedPartitions();
  private final ResponseStreams streams =
      new ResponseStreams(
          ResponseLimits.DEFAULT,
          new ResponseMetrics(meters),
          TestEffects.none(),
          partitions,
          new ResumeTokenCodec(new byte[16]),
          () -> 0);
  private final TokenConsumer reader =
      new TokenConsumer(kafka, TOPIC, streams, partitions, new TokenConsumerMetrics(meters));
  private final Map<TopicPartition, Long> reached = new HashMap<>();

  @Test
  void itBeginsAtTheEndAndSaysWhere() {
    exists(1);
    reader.begin("ingress-7", 1, reached);
    assertEquals(Optional.of(new ReplyTo(0, 100)), partitions.address(ID));
  }

  @Test
  void anotherReaderGoesOnWhereTheFirstStopped() {
    exists(1);
    reached.put(new TopicPartition(TOPIC, 0), 55L);
    reader.begin("ingress-7", 1, reached);
    assertEquals(Optional.of(new ReplyTo(0, 55)), partitions.address(ID));
  }

  @Test
  void theInstanceChoosesNeighbouringPartitions() {
    exists(4);
    int first = Math.floorMod("ingress-7".hashCode(), 4);
    reader.begin("ingress-7", 2, reached);
    assertEquals(
        IntStream.of(first, (first + 1) % 4)
            .mapToObj(partition -> new TopicPartition(TOPIC, partition))
            .collect(Collectors.toSet()),
        kafka.assignment());
  }

  @Test
  void aTopicThatIsMissingIsNamed() {
    kafka.updatePartitions(TOPIC, List.of());
    var thrown = assertThrows(KafkaException.class, () -> reader.begin("i", 1, reached));
    assertEquals("topic anyserve.tokens does not exist", thrown.getMessage());
  }

  @Test
  void recordsReachTheirReplyAndTheRestIsCounted() {
    exists(1);
    reader.begin("ingress-7", 1, reached);
    RecordingSink sink = opened(ID);
    add(100, ID.bytes(), TokenCodec.encode(new TokenRecord(ID, 1, 1, Events.started())));
    add(101, new RequestId(8, 8).bytes(), new byte[] {1, 2, 3});
    add(102, new byte[0], new byte[0]);
    add(103, ID.bytes(), new byte[0]);
    add(104, ID.bytes(), TokenCodec.encode(new TokenRecord(ID, 1, 1, Events.finished())));
    assertEquals(5, reader.step(NO_WAIT, reached));
    assertEquals(List.of("opened", "accepted", "started 1", "finished"), sink.heard());
    assertEquals(2, counted("ours"));
    assertEquals(1, counted("foreign"));
    assertEquals(2, counted("malformed"));
    assertEquals(Optional.of(new ReplyTo(0, 105)), partitions.address(ID));
    assertEquals(105L, reached.get(new TopicPartition(TOPIC, 0)));
  }

  @Test
  void aBatchReachesEveryReplyThatIsInIt() {
    exists(1);
    reader.begin("ingress-7", 1, reached);
    var other = new RequestId(3, 4);
    RecordingSink first = opened(ID);
    RecordingSink second = opened(other);
    add(100, ID.bytes(), TokenCodec.encode(new TokenRecord(ID, 1, 1, Events.started())));
    add(101, other.bytes(), TokenCodec.encode(new TokenRecord(other, 1, 2, Events.started())));
    add(
        102,
        null,
        TokenCodec.encodeBatch(
            List.of(
                new TokenRecord(other, 1, 2, Events.chunk(0)),
                new TokenRecord(new RequestId(8, 8), 1, 3, Events.chunk(7)),
                new TokenRecord(ID, 1, 1, Events.chunk(0)))));
    add(
        103,
        null,
        TokenCodec.encodeBatch(
            List.of(new TokenRecord(new RequestId(8, 8), 1, 3, Events.chunk(8)))));
    add(104, null, new byte[] {1, 2, 3});
    assertEquals(5, reader.step(NO_WAIT, reached));
    assertEquals(List.of("opened", "accepted", "started 1", "chunk 0"), first.heard());
    assertEquals(List.of("opened", "accepted", "started 1", "chunk 0"), second.heard());
    assertEquals(3, counted("ours"));
    assertEquals(1, counted("foreign"));
    assertEquals(1, counted("malformed"));
  }

  @Test
  void anotherIngressesPartitionIsReadWhileACallerHasAStreamThere() {
    exists(2);
    reader.begin("ingress-7", 1, reached);
    int own = partitions.address(ID).orElseThrow().partition();
    var other = new TopicPartition(TOPIC, 1 - own);
    RecordingSink sink = opened(ID, other.partition());
    partitions.follow(other.partition(), 40);
    assertEquals(AssignedPartitions.NOT_READ, partitions.reached(other.partition()));
    reader.step(NO_WAIT, reached);
    assertEquals(40, kafka.position(other));
    assertEquals(40, partitions.reached(other.partition()), "the brokers answered");
    add(other, 40, ID.bytes(), TokenCodec.encode(new TokenRecord(ID, 1, 1, Events.started())));
    reader.step(NO_WAIT, reached);
    assertEquals(41, partitions.reached(other.partition()));
    partitions.follow(other.partition(), 10);
    assertFalse(partitions.isAsked(), "it is read already");
    reader.forgetUnread(reached);
    add(other, 41, ID.bytes(), TokenCodec.encode(new TokenRecord(ID, 1, 1, Events.finished())));
    reader.step(NO_WAIT, reached);
    assertEquals(List.of("opened", "accepted", "started 1", "finished"), sink.heard());
    reader.forgetUnread(reached);
    assertEquals(Set.of(new TopicPartition(TOPIC, own)), kafka.assignment());
    assertEquals(AssignedPartitions.NOT_READ, partitions.reached(other.partition()));
    assertEquals(own, partitions.address(ID).orElseThrow().partition());
  }

  @Test
  void aNewConsumerGoesOnInAnotherIngressesPartitionToo() {
    exists(2);
    reader.begin("ingress-7", 1, reached);
    int own = partitions.address(ID).orElseThrow().partition();
    var other = new TopicPartition(TOPIC, 1 - own);
    reached.put(other, 70L);
    reader.begin("ingress-7", 1, reached);
    assertEquals(70, kafka.position(other));
    assertEquals(own, partitions.address(ID).orElseThrow().partition());
  }

  private RecordingSink opened(RequestId request) {
    return opened(request, 0);
  }

  private RecordingSink opened(RequestId request, int partition) {
    var sink = new RecordingSink();
    streams
        .open(
            new StreamHandle(request, new SessionId("s"), new ReplyTo(partition, 0), "t"),
            new TenantId("acme"),
            Duration.ofSeconds(1),
            GenAiOperation.TEXT_COMPLETION,
            Optional.empty(),
            sink)
        .send();
    return sink;
  }

  private void exists(int count) {
    Map<TopicPartition, Long> ends = new HashMap<>();
    kafka.updatePartitions(
        TOPIC,
        IntStream.range(0, count)
            .mapToObj(partition -> new PartitionInfo(TOPIC, partition, null, null, null))
            .toList());
    for (int partition = 0; partition < count; partition++) {
      ends.put(new TopicPartition(TOPIC, partition), 100L);
    }
    kafka.updateEndOffsets(ends);
  }

  private void add(long offset, byte @Nullable [] key, byte[] value) {
    add(new TopicPartition(TOPIC, 0), offset, key, value);
  }

  private void add(TopicPartition partition, long offset, byte @Nullable [] key, byte[] value) {
    kafka.addRecord(new ConsumerRecord<>(TOPIC, partition.partition(), offset, key, value));
  }

  private double counted(String kind) {
    return meters.counter("anyserve.ingress.tokens.records", "kind", kind).count();
  }
}
