package io.anyserve.standalone.cli;

import io.anyserve.contracts.LogPosition;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.StreamProgress;
import io.anyserve.contracts.event.StreamProgress.Verdict;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Duplicate;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.event.UsageLine;
import io.anyserve.contracts.log.KafkaSettings;
import io.anyserve.contracts.log.LogRange;
import io.anyserve.contracts.topic.DeadLetter;
import io.anyserve.contracts.topic.Topics;
import io.anyserve.contracts.wire.MalformedRecordException;
import io.anyserve.contracts.wire.TokenWire;
import io.anyserve.contracts.wire.UsageWire;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** Somebody with a Kafka client: writes to any topic and reads what became of it. */
final class PlainClient implements AutoCloseable {

  static final Topics TOPICS = Topics.withDefaultPrefix();

  private final KafkaSettings kafka;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Random random = new Random();

  PlainClient(KafkaSettings kafka) {
    this.kafka = kafka;
    this.producer = kafka.producer("plain", Map.of());
  }

  RequestId newId() {
    return RequestId.next(System.currentTimeMillis(), random);
  }

  /** To {@code intake}. */
  LogPosition submit(RequestId id, byte[] value) throws Exception {
    return write(producer, TOPICS.intake(), id, value);
  }

  LogPosition write(String topic, RequestId id, byte[] value) throws Exception {
    return write(producer, topic, id, value);
  }

  static LogPosition write(
      KafkaProducer<byte[], byte[]> producer, String topic, RequestId id, byte[] value)
      throws Exception {
    RecordMetadata at = producer.send(new ProducerRecord<>(topic, id.bytes(), value)).get();
    return new LogPosition(topic, at.partition(), at.offset());
  }

  KafkaProducer<byte[], byte[]> producer(Map<String, ?> settings) {
    return kafka.producer("plain", settings);
  }

  /** As they lie on {@code results}, oldest first. */
  List<ConsumerRecord<byte[], byte[]>> results(RequestId id) {
    return records(TOPICS.results()).stream()
        .filter(record -> Arrays.equals(record.key(), id.bytes()))
        .toList();
  }

  List<RequestResult> decodedResults(RequestId id) {
    return results(id).stream().map(record -> UsageWire.decodeResult(record.value())).toList();
  }

  boolean explained(LogPosition at) {
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
    Map<RequestId, StreamProgress> streams = new LinkedHashMap<>();
    Map<RequestId, List<TokenRecord>> counting = new LinkedHashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : records(TOPICS.tokens())) {
      for (TokenRecord token : TokenWire.decodeAll(record.key(), record.value())) {
        var stream = streams.computeIfAbsent(token.request(), _ -> new StreamProgress());
        if (stream.apply(token) == Verdict.COUNTS) {
          counting.computeIfAbsent(token.request(), _ -> new ArrayList<>()).add(token);
        }
      }
    }
    counting.values().removeIf(events -> !isOf(session, events.getFirst().event()));
    return counting;
  }

  private static boolean isOf(String session, TokenEvent first) {
    Optional<RequestContext> context =
        switch (first) {
          case Started started -> Optional.of(started.context());
          case Failed failed -> failed.context();
          case Cancelled cancelled -> cancelled.context();
          case Chunk _, Released _, Finished _, Duplicate _ -> Optional.empty();
        };
    return context.filter(found -> found.session().value().equals(session)).isPresent();
  }

  List<UsageLine> lines(String session) {
    return records(TOPICS.usage()).stream()
        .map(record -> UsageWire.decodeLine(record.value()))
        .filter(line -> line.context().session().value().equals(session))
        .toList();
  }

  private static boolean isStarted(ConsumerRecord<byte[], byte[]> record) {
    try {
      return TokenWire.decodeAll(record.key(), record.value()).stream()
          .anyMatch(token -> token.event() instanceof Started);
    } catch (MalformedRecordException e) {
      return false;
    }
  }

  private List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
    var consumer = kafka.reader("plain", IsolationLevel.READ_COMMITTED, Map.of());
    int partitions = consumer.partitionsFor(topic).size();
    try (LogRange range = new LogRange(consumer)) {
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
