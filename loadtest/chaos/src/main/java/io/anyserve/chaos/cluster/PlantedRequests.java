package io.anyserve.chaos.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.chaos.check.PlantedRecord;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;

/**
 * Submits what producers submit by mistake or malice: requests that must be refused, records far
 * larger than they look, ids that were used before, and transactions that are never committed. One
 * thread uses it.
 */
final class PlantedRequests {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Capability STORY = new Capability("story");
  private static final TenantId OWNER = new TenantId("default");
  private static final TenantId STRANGER = new TenantId("stranger");

  /**
   * Bytes of one letter, some hundred once compressed. A router has ten times that for everything.
   */
  private static final int BOMB = 16 << 20;

  private static final Map<String, ?> COMPRESSING =
      Map.of("compression.type", "zstd", "max.request.size", 2 * BOMB);

  private final KafkaClients kafka;
  private final TopicNames topics;
  private final RecordWriter writer;
  private int transactions;

  PlantedRequests(KafkaClients kafka, TopicNames topics, RecordWriter writer) {
    this.kafka = kafka;
    this.topics = topics;
    this.writer = writer;
  }

  /** One of every sort. */
  List<PlantedRecord> plant(SplittableRandom random, long nowMillis) throws IOException {
    List<PlantedRecord> planted = new ArrayList<>(reusedId(random, nowMillis));
    try (KafkaProducer<byte[], byte[]> open = transaction()) {
      open.beginTransaction();
      planted.add(uncommitted(open, random, nowMillis));
      planted.add(aborted(random, nowMillis));
      planted.addAll(refused(random, nowMillis));
      planted.addAll(bomb(random, nowMillis));
      open.abortTransaction();
    } catch (KafkaException e) {
      throw new IOException("a transaction on " + topics.intake() + " cannot be written", e);
    }
    return planted;
  }

  private List<PlantedRecord> refused(SplittableRandom random, long nowMillis) throws IOException {
    List<PlantedRecord> planted = new ArrayList<>();
    for (var value : RefusedRequests.all(nowMillis).values()) {
      RequestId id = RequestId.next(nowMillis, random);
      planted.add(
          new PlantedRecord.Refused(
              writer.write(topics.intake(), id.bytes(), value.apply(id)), id));
    }
    for (Priority priority : Priority.values()) {
      RequestId id = RequestId.next(nowMillis, random);
      byte[] value = RefusedRequests.tooManyAttempts(id, nowMillis);
      planted.add(
          new PlantedRecord.Unreadable(
              writer.write(topics.requests(STORY, priority), id.bytes(), value)));
    }
    return planted;
  }

  /** Nothing is planted where the broker looks inside and does not take it. */
  private List<PlantedRecord> bomb(SplittableRandom random, long nowMillis) throws IOException {
    RequestId id = RequestId.next(nowMillis, random);
    byte[] value = request(id, OWNER, "a".repeat(BOMB));
    try (var producer = kafka.newProducer("faults-bomb", COMPRESSING);
        var compressing = new RecordWriter(producer)) {
      return List.of(
          new PlantedRecord.Unreadable(compressing.write(topics.intake(), id.bytes(), value)));
    } catch (IOException e) {
      if (isTooLarge(e)) {
        return List.of();
      }
      throw e;
    }
  }

  private static boolean isTooLarge(IOException refusal) {
    return refusal.getCause() instanceof ExecutionException e
        && e.getCause() instanceof RecordTooLargeException;
  }

  /** The second submission follows the first one's result, and then a stranger's comes. */
  private List<PlantedRecord> reusedId(SplittableRandom random, long nowMillis) throws IOException {
    RequestId id = RequestId.next(nowMillis, random);
    byte[] value = request(id, OWNER, "planted twice");
    boolean answered;
    try (KafkaConsumer<byte[], byte[]> results = resultsFromEnd()) {
      writer.write(topics.intake(), id.bytes(), value);
      answered = await(results, id);
    }
    writer.write(topics.intake(), id.bytes(), value);
    writer.write(topics.intake(), id.bytes(), request(id, STRANGER, "planted by another"));
    return List.of(
        new PlantedRecord.Repeated(id, OWNER, answered ? 2 : 1),
        new PlantedRecord.Conflicting(id, STRANGER));
  }

  private KafkaConsumer<byte[], byte[]> resultsFromEnd() {
    KafkaConsumer<byte[], byte[]> consumer =
        kafka.newAssignedConsumer("faults-planted", IsolationLevel.READ_COMMITTED, Map.of());
    List<TopicPartition> partitions =
        consumer.partitionsFor(topics.results()).stream()
            .map(info -> new TopicPartition(topics.results(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
    return consumer;
  }

  private static boolean await(KafkaConsumer<byte[], byte[]> results, RequestId id) {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() - until < 0) {
      for (var result : results.poll(POLL)) {
        if (java.util.Arrays.equals(result.key(), id.bytes())) {
          return true;
        }
      }
    }
    return false;
  }

  private PlantedRecord aborted(SplittableRandom random, long nowMillis) {
    try (KafkaProducer<byte[], byte[]> producer = transaction()) {
      producer.beginTransaction();
      PlantedRecord planted = uncommitted(producer, random, nowMillis);
      producer.abortTransaction();
      return planted;
    }
  }

  private PlantedRecord uncommitted(
      KafkaProducer<byte[], byte[]> producer, SplittableRandom random, long nowMillis) {
    RequestId id = RequestId.next(nowMillis, random);
    byte[] value = request(id, OWNER, "never committed");
    var _ = producer.send(new ProducerRecord<>(topics.intake(), id.bytes(), value));
    producer.flush();
    return new PlantedRecord.Uncommitted(id);
  }

  private KafkaProducer<byte[], byte[]> transaction() {
    String name = "faults-transaction-" + transactions++;
    KafkaProducer<byte[], byte[]> producer =
        kafka.newProducer(name, Map.of("transactional.id", name));
    producer.initTransactions();
    return producer;
  }

  private static byte[] request(RequestId id, TenantId tenant, String prompt) {
    return "{\"id\":\"%s\",\"tenant\":\"%s\",\"session\":\"planted\",\"capability\":\"story\",\"prompt\":\"%s\",\"max_tokens\":3}"
        .formatted(id, tenant, prompt)
        .getBytes(UTF_8);
  }
}
