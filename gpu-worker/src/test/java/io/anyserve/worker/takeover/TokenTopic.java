package io.anyserve.worker.takeover;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.PartitionRangeReader;
import io.anyserve.worker.FakePayloadStore;
import io.anyserve.worker.publish.Publisher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A log in memory with one partition of each topic: what is written to it can be read back. */
public final class TokenTopic {

  public static final TopicNames TOPICS = new TopicNames("t.");

  private static final TopicPartition TOKENS = new TopicPartition(TOPICS.tokens(), 0);

  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(
          cluster(),
          true,
          new RoundRobinPartitioner(),
          new ByteArraySerializer(),
          new ByteArraySerializer()) {
        @Override
        public synchronized Future<RecordMetadata> send(
            ProducerRecord<byte[], byte[]> record, Callback callback) {
          if (record.topic().equals(refused)) {
            throw new KafkaException("no broker takes it");
          }
          return super.send(record, callback);
        }
      };
  private int reads;
  private String refused = "";
  private Runnable beforeRead = () -> {};

  private static Cluster cluster() {
    Node node = new Node(0, "127.0.0.1", 9092);
    Node[] nodes = {node};
    List<PartitionInfo> partitions =
        Stream.of(TOPICS.tokens(), TOPICS.deadLetters())
            .map(topic -> new PartitionInfo(topic, 0, node, nodes, nodes))
            .toList();
    return new Cluster("c", List.of(node), partitions, Set.of(), Set.of());
  }

  public Publisher publisher() {
    return new Publisher(TOPICS, () -> producer, new FakePayloadStore(), Runnable::run);
  }

  public TokenHistoryReader takeovers() {
    return new TokenHistoryReader(TOPICS, () -> new PartitionRangeReader(new Reader()));
  }

  /** Called by the reading thread before each pass. */
  void beforeRead(Runnable action) {
    beforeRead = action;
  }

  /** Passes over the partition so far. */
  int reads() {
    return reads;
  }

  /** Writes an event as some worker does; returns its offset. */
  public long write(RequestId request, int attempt, long executionId, TokenEvent event) {
    byte[] value = TokenCodec.encode(new TokenRecord(request, attempt, executionId, event));
    var _ = producer.send(new ProducerRecord<>(TOPICS.tokens(), 0, request.bytes(), value));
    return written().size() - 1L;
  }

  /** All records of the topic {@code tokens}. */
  public List<TokenRecord> written() {
    return of(TOPICS.tokens()).stream()
        .map(record -> TokenCodec.decode(record.key(), record.value()))
        .toList();
  }

  /** The attempts that said that they begin, in order. */
  public List<Integer> begun() {
    return written().stream()
        .filter(record -> record.event() instanceof Started)
        .map(TokenRecord::attempt)
        .toList();
  }

  public List<ProducerRecord<byte[], byte[]>> deadLetters() {
    return of(TOPICS.deadLetters());
  }

  /** As if nothing had been written. */
  public void clear() {
    producer.clear();
  }

  /** No record of that topic can be written. */
  public void refuse(String topic) {
    refused = topic;
  }

  public List<ProducerRecord<byte[], byte[]>> of(String topic) {
    return producer.history().stream().filter(record -> record.topic().equals(topic)).toList();
  }

  private final class Reader extends MockConsumer<byte[], byte[]> {

    Reader() {
      super("earliest");
    }

    @Override
    public synchronized Map<TopicPartition, Long> endOffsets(
        Collection<TopicPartition> partitions) {
      return Map.of(TOKENS, (long) of(TOPICS.tokens()).size());
    }

    @Override
    public synchronized void assign(Collection<TopicPartition> partitions) {
      beforeRead.run();
      reads++;
      super.assign(partitions);
      List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(of(TOPICS.tokens()));
      updateBeginningOffsets(Map.of(TOKENS, 0L));
      for (int offset = 0; offset < records.size(); offset++) {
        ProducerRecord<byte[], byte[]> record = records.get(offset);
        addRecord(new ConsumerRecord<>(TOPICS.tokens(), 0, offset, record.key(), record.value()));
      }
    }
  }
}
