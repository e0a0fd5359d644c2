package io.anyserve.chaos.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.chaos.client.ClientObservation.End;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Publishes requests to the topic {@code intake}, as JSON. One thread submits. */
public final class AsyncSubmitter implements AutoCloseable {

  private static final byte[] JSON = "application/json".getBytes(UTF_8);

  /** A producer that waits for metadata must not stop the load. */
  private static final Map<String, String> PATIENT =
      Map.of("max.block.ms", "100", "delivery.timeout.ms", "120000", "linger.ms", "0");

  private final TopicNames topics;
  private final KafkaProducer<byte[], byte[]> producer;
  private final JsonMapper json = new JsonMapper();
  private final SplittableRandom random;
  private final AtomicInteger waiting = new AtomicInteger();

  /**
   * @param seed of the request ids
   */
  public AsyncSubmitter(KafkaClients kafka, TopicNames topics, long seed) {
    this.topics = topics;
    this.producer = kafka.newProducer("faults-intake", PATIENT);
    this.random = new SplittableRandom(seed);
  }

  /** Hands the outcome over when the log has answered. */
  void submit(TestRequest ask, long now, Consumer<ClientObservation> outcome) {
    RequestId id = RequestId.next(now / 1_000_000, random);
    byte[] value = body(ask, id).toString().getBytes(UTF_8);
    var record = new ProducerRecord<>(topics.intake(), id.bytes(), value);
    record.headers().add(new RecordHeader("content-type", JSON));
    waiting.incrementAndGet();
    var _ =
        producer.send(
            record,
            (_, failure) -> {
              outcome.accept(seen(ask, id, now, Optional.ofNullable(failure)));
              waiting.decrementAndGet();
            });
  }

  private static ClientObservation seen(
      TestRequest ask, RequestId id, long now, Optional<Exception> failure) {
    return new ClientObservation(
        ask.index(),
        failure.isEmpty() ? Optional.of(id) : Optional.empty(),
        failure.isEmpty() ? End.SUBMITTED : End.REFUSED,
        failure.map(cause -> cause.getClass().getSimpleName()).orElse(""),
        "",
        ClientObservation.Counts.NONE,
        now,
        now);
  }

  private ObjectNode body(TestRequest ask, RequestId id) {
    PromptSpec content = ask.content();
    ObjectNode body =
        json.createObjectNode()
            .put("id", id.toString())
            .put("session", ask.session())
            .put("capability", TestRequest.CAPABILITY)
            .put("prompt", content.prompt())
            .put("max_tokens", content.maxTokens())
            .put("temperature", PromptSpec.TEMPERATURE)
            .put("top_p", 1.0)
            .put("top_k", 0)
            .put("seed", content.seed());
    List<String> stop = content.stop();
    if (!stop.isEmpty()) {
      stop.forEach(body.putArray("stop")::add);
    }
    return body;
  }

  boolean idle() {
    return waiting.get() == 0;
  }

  @Override
  public void close() {
    producer.close(java.time.Duration.ofSeconds(2));
  }
}
