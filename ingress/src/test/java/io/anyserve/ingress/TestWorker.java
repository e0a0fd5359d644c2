package io.anyserve.ingress;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload.Text;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.CapabilityOffer;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.contracts.event.WorkerState;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.TopicTailer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Takes every request of one capability and answers it on {@code tokens} as its script says. */
final class TestWorker implements AutoCloseable {

  /** A prompt that is answered with broken records between the good ones. */
  static final String JUNK = "junk";

  /** A prompt that is never answered. */
  static final String SILENT = "silent";

  static final WorkerId NAME = new WorkerId("test-worker");

  private final Capability capability;
  private final BiConsumer<InferenceRequest, TestWorker> script;
  private final KafkaProducer<byte[], byte[]> producer;
  private final TopicTailer follower;

  private TestWorker(
      KafkaClients kafka, Capability capability, BiConsumer<InferenceRequest, TestWorker> script) {
    this.capability = capability;
    this.script = script;
    this.producer = kafka.newProducer("test-worker", Map.of());
    this.follower =
        new TopicTailer(
            kafka,
            IngressTestLog.TOPICS.requests(capability, Priority.INTERACTIVE),
            TopicTailer.From.BEGINNING,
            this::take);
  }

  /** Announced, and reading. */
  static TestWorker start(
      KafkaClients kafka, Capability capability, BiConsumer<InferenceRequest, TestWorker> script)
      throws Exception {
    var worker = new TestWorker(kafka, capability, script);
    worker.follower.start();
    worker.announce();
    return worker;
  }

  private void announce() throws Exception {
    var offered = new CapabilityOffer(capability, "test", "test-model", 4, true, 1024);
    var heartbeat =
        new WorkerHeartbeat(
            NAME, List.of(offered), WorkerState.READY, 0, Instant.now(), Duration.ofMinutes(10));
    producer
        .send(
            new ProducerRecord<>(
                IngressTestLog.TOPICS.workers(),
                NAME.value().getBytes(StandardCharsets.UTF_8),
                WorkerCodec.encode(heartbeat)))
        .get();
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    script.accept(RequestCodec.decode(record.value()), this);
  }

  /** Started, as many chunks of one token as asked for, Finished. */
  static void tellStory(InferenceRequest request, TestWorker worker) {
    if (request.input().equals(new Text(SILENT))) {
      return;
    }
    worker.started(request);
    int tokens = request.parameters().maxTokens();
    for (int i = 0; i < tokens; i++) {
      if (request.input().equals(new Text(JUNK))) {
        worker.emit(request, new byte[] {(byte) 0xFF, 1});
        worker.emit(request, new byte[0]);
      }
      worker.chunk(request, i, "w" + i + " ");
    }
    worker.finished(request, tokens);
  }

  void started(InferenceRequest request) {
    emit(
        request,
        new Started(
            request.context(),
            NAME,
            request.context().capability(),
            "test-model",
            3,
            0,
            false,
            Optional.empty()));
  }

  void chunk(InferenceRequest request, long sequence, String text) {
    emit(request, new Chunk(sequence, TokenIds.of((int) sequence), text, Optional.empty()));
  }

  void finished(InferenceRequest request, int tokens) {
    emit(
        request,
        new Finished(
            FinishReason.LENGTH, new TokenUsage(3, tokens, 0), Optional.empty(), Duration.ZERO));
  }

  void emit(InferenceRequest request, TokenEvent event) {
    emit(request, TokenCodec.encode(new TokenRecord(request.id(), 1, 7, event)));
  }

  /** As the router does for a request that no worker takes. */
  void emitUntaken(InferenceRequest request, Failure failure) {
    var failed = new Failed(failure, TokenUsage.NONE, Optional.of(request.context()));
    emit(request, TokenCodec.encode(TokenRecord.unassigned(request.id(), failed)));
  }

  void emit(InferenceRequest request, byte[] value) {
    emit(request.routing().reply().partition(), request.id().bytes(), value);
  }

  void emit(int partition, byte @Nullable [] key, byte @Nullable [] value) {
    var _ =
        producer.send(new ProducerRecord<>(IngressTestLog.TOPICS.tokens(), partition, key, value));
  }

  @Override
  public void close() throws Exception {
    follower.close();
    producer.close();
  }
}
