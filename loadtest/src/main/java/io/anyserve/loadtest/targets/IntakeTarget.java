package io.anyserve.loadtest.targets;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.loadtest.StreamProbe;
import io.anyserve.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.internals.RecordHeader;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The topic of submissions: requests of the batch lane are published, and their results are read by
 * a thread of its own. A result tells how many tokens the answer has; there are no chunks.
 */
public final class IntakeTarget implements LoadTarget {

  private static final Duration POLL = Duration.ofMillis(500);
  private static final byte[] JSON = "application/json".getBytes(UTF_8);

  private final TopicNames topics;
  private final InstantSource clock;
  private final JsonMapper json = new JsonMapper();
  private final SplittableRandom ids;
  private final Map<RequestId, StreamProbe> open = new ConcurrentHashMap<>();
  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaConsumer<byte[], byte[]> results;
  private final Thread reader = new Thread(this::read, "load-results");
  private volatile boolean closing;

  private IntakeTarget(KafkaClients kafka, TopicNames topics, InstantSource clock, long seed) {
    this.topics = topics;
    this.clock = clock;
    this.ids = new SplittableRandom(seed);
    this.producer = kafka.newProducer("anyserve-load", Map.of("linger.ms", "5"));
    this.results =
        kafka.newAssignedConsumer("anyserve-load", IsolationLevel.READ_COMMITTED, Map.of());
  }

  /**
   * Reads results from here on.
   *
   * @param clock of the request ids
   * @param seed of the request ids
   */
  public static IntakeTarget start(
      KafkaClients kafka, TopicNames topics, InstantSource clock, long seed) {
    IntakeTarget target = new IntakeTarget(kafka, topics, clock, seed);
    target.seekToEnd();
    target.reader.start();
    return target;
  }

  private void seekToEnd() {
    List<TopicPartition> partitions =
        results.partitionsFor(topics.results()).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    results.assign(partitions);
    results.seekToEnd(partitions);
    partitions.forEach(results::position);
  }

  @Override
  public void send(LoadRequest request, StreamProbe probe) {
    RequestId id = nextId();
    byte[] value = body(request, id).toString().getBytes(UTF_8);
    var record = new ProducerRecord<>(topics.intake(), id.bytes(), value);
    record.headers().add(new RecordHeader("content-type", JSON));
    open.put(id, probe);
    var _ =
        producer.send(
            record,
            (_, failure) -> {
              if (failure != null && open.remove(id) != null) {
                probe.failed(failure);
              }
            });
  }

  private synchronized RequestId nextId() {
    return RequestId.next(clock.millis(), ids);
  }

  private ObjectNode body(LoadRequest request, RequestId id) {
    ObjectNode body =
        json.createObjectNode()
            .put("id", id.toString())
            .put("session", request.session())
            .put("capability", request.capability())
            .put("max_tokens", request.answerTokens())
            .put("temperature", 0)
            .put("seed", request.seed())
            .put("lane", "batch");
    request.tenant().ifPresent(tenant -> body.put("tenant", tenant));
    if (request.messages().size() == 1) {
      return body.put("prompt", request.text());
    }
    var messages = body.putArray("messages");
    request
        .messages()
        .forEach(
            message ->
                messages.addObject().put("role", message.role()).put("content", message.content()));
    return body;
  }

  private void read() {
    try {
      while (!closing) {
        results.poll(POLL).forEach(this::ended);
      }
    } catch (WakeupException _) {
      // Closed.
    }
  }

  private void ended(ConsumerRecord<byte[], byte[]> record) {
    try {
      RequestResult result = UsageCodec.decodeResult(record.value());
      StreamProbe probe = open.remove(result.request());
      if (probe != null) {
        ended(result, probe);
      }
    } catch (MalformedRecordException _) {
      // A foreign record on the topic is nobody's result.
    }
  }

  private static void ended(RequestResult result, StreamProbe probe) {
    switch (result.outcome()) {
      case Finished finished -> {
        probe.told(Math.toIntExact(finished.usage().completion()));
        probe.completed();
      }
      case Failed failed ->
          probe.failed(
              new SubmissionException(failed.failure().code().name(), failed.failure().message()));
      case Cancelled cancelled ->
          probe.failed(new SubmissionException("CANCELLED", cancelled.reason().name()));
    }
  }

  /** Ends the reader; what is still open hears nothing more. */
  @Override
  public void close() {
    closing = true;
    results.wakeup();
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    results.close();
    producer.close(Duration.ofSeconds(5));
  }
}
