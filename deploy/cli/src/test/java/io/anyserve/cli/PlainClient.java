package io.anyserve.cli;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.FencedStream;
import io.anyserve.contracts.event.FencedStream.Verdict;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.topic.DeadLetter;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.PartitionRangeReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** Somebody with a Kafka client: writes to any topic and reads what became of it. */
final class PlainClient implements AutoCloseable {

  static final TopicNames TOPICS = TopicNames.withDefaultPrefix();

  private final KafkaClients kafka;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Random random = new Random();

  PlainClient(KafkaClients kafka) {
    this.kafka = kafka;
    this.producer = kafka.newProducer("plain", Map.of());
  }

  RequestId newId() {
    return RequestId.next(System.currentTimeMillis(), random);
  }

  /** To {@code intake}. */
  TopicOffset submit(RequestId id, byte[] value) throws Exception {
    return write(producer, TOPICS.intake(), id, value);
  }

  TopicOffset write(String topic, RequestId id, byte[] value) throws Exception {
    return write(producer, topic, id, value);
  }

  static TopicOffset write(
      KafkaProducer<byte[], byte[]> producer, String topic, RequestId id, byte[] value)
      throws Exception {
    RecordMetadata at = producer.send(new ProducerRecord<>(topic, id.bytes(), value)).get();
    return new TopicOffset(topic, at.partition(), at.offset());
  }

  KafkaProducer<byte[], byte[]> producer(Map<String, ?> settings) {
    return kafka.newProducer("plain", settings);
  }

  /** As they lie on {@code results}, oldest first. */
  List<ConsumerRecord<byte[], byte[]>> results(RequestId id) {
    return records(TOPICS.results()).stream()
        .filter(record -> Arrays.equals(record.key(), id.bytes()))
        .toList();
  }

  List<RequestResult> decodedResults(RequestId id) {
    return results(id).stream().map(record -> UsageCodec.decodeResult(record.value())).toList();
  }

  boolean explained(TopicOffset at) {
    return records(TOPICS.deadLetters()).stream()
        .anyMatch(
            letter ->
                header(letter, DeadLetter.TOPIC).equals(at.topic())
                    && header(letter, DeadLetter.PARTITION).equals("" + at.partition())
                    && header(letter, DeadLetter.OFFSET).equals("" + at.offset()));
  }

  /** How often a worker took it. */
  long runs(RequestId id) {
    return records(TOPICS.tokens()).stream()
        .filter(record -> Arrays.equals(record.key(), id.bytes()))
        .filter(PlainClient::isStarted)
        .count();
  }

  /** The events of a session that count, as every reader of {@code tokens} folds them. */
  Map<RequestId, List<TokenRecord>> counting(String session) {
    Map<RequestId, FencedStream> streams = new LinkedHashMap<>();
    Map<RequestId, List<TokenRecord>> counting = new LinkedHashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : records(TOPICS.tokens())) {
      for (TokenRecord token : TokenCodec.decodeAll(record.key(), record.value())) {
        var stream = streams.computeIfAbsent(token.request(), _ -> new FencedStream());
        if (stream.apply(token) == Verdict.ACCEPTED) {
          counting.computeIfAbsent(token.request(), _ -> new ArrayList<>()).add(token);
        }
      }
    }
    counting.values().removeIf(events -> !isOf(session, events.getFirst().event()));
    return counting;
  }

  private static boolean isOf(String session, TokenEvent first) {
    return first
        .requestContext()
        .filter(context -> context.session().value().equals(session))
        .isPresent();
  }

  List<LedgerEntry> lines(String session) {
    return records(TOPICS.usage()).stream()
        .map(record -> UsageCodec.decodeEntry(record.value()))
        .filter(line -> line.context().session().value().equals(session))
        .toList();
  }

  private static boolean isStarted(ConsumerRecord<byte[], byte[]> record) {
    try {
      return TokenCodec.decodeAll(record.key(), record.value()).stream()
          .anyMatch(token -> token.event() instanceof Started started && !started.again());
    } catch (MalformedRecordException e) {
      return false;
    }
  }

  private List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    var consumer = kafka.newAssignedConsumer("plain", IsolationLevel.READ_COMMITTED, Map.of());
    int partitions = consumer.partitionsFor(topic).size();
    try (PartitionRangeReader range = new PartitionRangeReader(consumer)) {
      for (int number = 0; number < partitions; number++) {
        TopicPartition partition = new TopicPartition(topic, number);
        range.read(partition, 0, range.end(partition), found::add);
      }
    }
    return found;
  }

  static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    producer.close();
  }
}
