package io.anyserve.worker;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Delivery;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Lane;
import io.anyserve.contracts.Parameters;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.ReplyAddress;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.Sampling;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.ControlCommand;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.event.WorkerAnnouncement;
import io.anyserve.contracts.log.KafkaSettings;
import io.anyserve.contracts.log.LogRange;
import io.anyserve.contracts.topic.TopicAdmin;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicSizes;
import io.anyserve.contracts.topic.Topics;
import io.anyserve.contracts.wire.RequestWire;
import io.anyserve.contracts.wire.TokenWire;
import io.anyserve.contracts.wire.WorkerWire;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.worker.engine.EngineFactories;
import io.anyserve.worker.engine.EngineSettings;
import io.anyserve.worker.intake.ShareGroups;
import io.anyserve.worker.payload.PayloadStore;
import io.anyserve.worker.simulated.SimulatedFactory;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A broker with AnyServe's topics, workers of the simulated engine, and a client of them. */
final class TestCluster implements AutoCloseable {

  static final Topics TOPICS = new Topics("test.");
  static final TopicSizes SIZES = new TopicSizes(2, 1, 1);
  static final DeliverySettings DELIVERY =
      new DeliverySettings(Duration.ofSeconds(2), 3, Duration.ofSeconds(20));

  private final RandomGenerator random = new Random(42);
  private final Path directory;
  private EmbeddedBroker broker;
  private final KafkaSettings kafka;
  private final KafkaProducer<byte[], byte[]> producer;
  private final TokenReader reader;

  private TestCluster(Path directory, EmbeddedBroker broker) {
    this.directory = directory;
    this.broker = broker;
    this.kafka = KafkaSettings.of(broker.bootstrapServers());
    this.producer = kafka.producer("test", Map.of());
    this.reader = new TokenReader(kafka);
  }

  static TestCluster start(Path directory) throws IOException, InterruptedException {
    var broker = EmbeddedBroker.start(directory, 0);
    var kafka = KafkaSettings.of(broker.bootstrapServers());
    try (var admin = kafka.admin("test-admin")) {
      new TopicAdmin(admin, 1).create(new TopicCatalogue(TOPICS, SIZES).fixed());
    }
    return new TestCluster(directory, broker);
  }

  /** Stops the broker and starts it again on its data. */
  void restartBroker() throws IOException {
    int port = broker.port();
    broker.close();
    broker = EmbeddedBroker.start(directory, port);
  }

  KafkaSettings kafka() {
    return kafka;
  }

  String bootstrapServers() {
    return broker.bootstrapServers();
  }

  TokenReader tokens() {
    return reader;
  }

  static EngineSettings simulated(int slots, Map<String, String> options) {
    return new EngineSettings("simulated", "words", slots, options);
  }

  static WorkerSettings settings(String id, DeliverySettings delivery, CapabilitySettings... all) {
    return new WorkerSettings(
        new WorkerId(id), TOPICS, List.of(all), all.length, delivery, Optional.of(SIZES));
  }

  Worker worker(String id, CapabilitySettings... capabilities) throws InterruptedException {
    return worker(settings(id, DELIVERY, capabilities), new SimpleMeterRegistry());
  }

  Worker worker(WorkerSettings settings, MeterRegistry registry) throws InterruptedException {
    return worker(settings, registry, new FakePayloadStore());
  }

  Worker worker(WorkerSettings settings, MeterRegistry registry, PayloadStore payloads)
      throws InterruptedException {
    var worker = new Worker(settings, kafka, engines(), payloads, registry);
    worker.start();
    return worker;
  }

  static EngineFactories engines() {
    return new EngineFactories(Map.of("simulated", new SimulatedFactory(System::nanoTime)));
  }

  InferenceRequest request(String capability, String prompt, int maxTokens) {
    return request(capability, new Payload.Text(prompt), maxTokens, anytime(0, Lane.INTERACTIVE));
  }

  InferenceRequest request(String capability, Payload input) {
    return request(capability, input, 10, anytime(0, Lane.INTERACTIVE));
  }

  private static Delivery anytime(int partition, Lane lane) {
    var reply = new ReplyAddress(partition, ReplyAddress.UNKNOWN_OFFSET);
    return new Delivery(reply, Optional.empty(), lane, List.of(), 0);
  }

  InferenceRequest request(String capability, Payload input, int maxTokens, Delivery delivery) {
    return new InferenceRequest(
        RequestId.next(System.currentTimeMillis(), random),
        context(capability, delivery.lane() == Lane.BATCH),
        input,
        new Parameters(maxTokens, Sampling.GREEDY, List.of(), true),
        delivery);
  }

  private static RequestContext context(String capability, boolean asynchronous) {
    return new RequestContext(
        new TenantId("acme"),
        new SessionId("s1"),
        "",
        new Capability(capability),
        Map.of(),
        Instant.ofEpochMilli(System.currentTimeMillis()),
        asynchronous);
  }

  void submit(InferenceRequest request) {
    Capability capability = request.context().capability();
    submit(capability, request.delivery().lane(), RequestWire.encode(request));
  }

  void submit(Capability capability, Lane lane, byte @Nullable [] value) {
    byte[] key = "s1".getBytes(StandardCharsets.UTF_8);
    var _ = producer.send(new ProducerRecord<>(TOPICS.requests(capability, lane), key, value));
    producer.flush();
  }

  /** A request of the batch lane, for nobody who waits. */
  InferenceRequest batchRequest(String capability, String prompt, int maxTokens) {
    return request(capability, new Payload.Text(prompt), maxTokens, anytime(1, Lane.BATCH));
  }

  /** A request that nobody wants after that time. */
  InferenceRequest request(String capability, String prompt, int maxTokens, Instant deadline) {
    var delivery = Delivery.interactive(new ReplyAddress(0, 0), deadline);
    return request(capability, new Payload.Text(prompt), maxTokens, delivery);
  }

  /** Writes an event as a worker does. */
  void write(TokenRecord record) {
    byte[] key = record.request().bytes();
    byte[] value = TokenWire.encode(record);
    var _ = producer.send(new ProducerRecord<>(TOPICS.tokens(), 0, key, value));
    producer.flush();
  }

  /** The dead letters so far. */
  List<ConsumerRecord<byte[], byte[]>> deadLetters() {
    return all(TOPICS.deadLetters());
  }

  /** What a worker announced so far; empty for a farewell. */
  List<Optional<WorkerAnnouncement>> announcements(String worker) {
    return all(TOPICS.workers()).stream()
        .filter(record -> new String(record.key(), StandardCharsets.UTF_8).equals(worker))
        .map(record -> Optional.ofNullable(record.value()).map(WorkerWire::decodeAnnouncement))
        .toList();
  }

  private List<ConsumerRecord<byte[], byte[]>> all(String topic) {
    var partition = new TopicPartition(topic, 0);
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (var range =
        new LogRange(kafka.reader("test-range", IsolationLevel.READ_UNCOMMITTED, Map.of()))) {
      range.read(partition, 0, range.end(partition), records::add);
    }
    return records;
  }

  /** Creates the topics and the group of a capability, as its first worker does. */
  void prepare(String capability) throws InterruptedException {
    var name = new Capability(capability);
    try (var admin = kafka.admin("test-admin")) {
      new TopicAdmin(admin, 1).create(new TopicCatalogue(TOPICS, SIZES).of(name));
      ShareGroups.configure(admin, TOPICS.workerGroup(name), DELIVERY.lock());
    }
  }

  /** A consumer of the capability that is no worker. */
  ShareConsumer<byte[], byte[]> member(String capability) {
    var name = new Capability(capability);
    var consumer =
        kafka.sharer(
            "test-member",
            TOPICS.workerGroup(name),
            Map.of("share.acquire.mode", "record_limit", "max.poll.records", "1"));
    consumer.subscribe(List.of(TOPICS.requests(name, Lane.INTERACTIVE)));
    return consumer;
  }

  void command(ControlCommand command) {
    var _ = producer.send(new ProducerRecord<>(TOPICS.control(), WorkerWire.encode(command)));
    producer.flush();
  }

  @Override
  public void close() {
    reader.close();
    producer.close();
    broker.close();
  }
}
