package io.anyserve.worker;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.RoutingMetadata;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.ControlCommand;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.PartitionRangeReader;
import io.anyserve.runtime.kafka.TopicAdmin;
import io.anyserve.worker.consume.ShareGroups;
import io.anyserve.worker.engine.EngineConfig;
import io.anyserve.worker.engine.EngineRegistry;
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
import java.util.Objects;
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

  static final TopicNames TOPICS = new TopicNames("test.");
  static final TopicPartitioning SIZES = new TopicPartitioning(2, 1, 1);
  static final DeliveryConfig DELIVERY = new DeliveryConfig(3, Duration.ofSeconds(20));

  private final RandomGenerator random = new Random(42);
  private final String bootstrapServers;
  private @Nullable OwnBroker broker;
  private final KafkaClients kafka;
  private final KafkaProducer<byte[], byte[]> producer;
  private final TokenReader reader;

  private record OwnBroker(Path directory, EmbeddedBroker process) {

    OwnBroker restart() throws IOException {
      int port = process.port();
      process.close();
      return new OwnBroker(directory, EmbeddedBroker.start(directory, port));
    }
  }

  private TestCluster(String bootstrapServers, @Nullable OwnBroker broker) {
    this.bootstrapServers = bootstrapServers;
    this.broker = broker;
    this.kafka = KafkaClients.of(bootstrapServers);
    this.producer = kafka.newProducer("test", Map.of());
    this.reader = new TokenReader(kafka);
  }

  static TestCluster start(Path directory) throws IOException, InterruptedException {
    var broker = EmbeddedBroker.start(directory, 0);
    return start(broker.bootstrapServers(), new OwnBroker(directory, broker));
  }

  /** On a broker that the caller has started and stops. */
  static TestCluster start(String bootstrapServers) throws InterruptedException {
    return start(bootstrapServers, null);
  }

  private static TestCluster start(String bootstrapServers, @Nullable OwnBroker broker)
      throws InterruptedException {
    try (var admin = KafkaClients.of(bootstrapServers).newAdmin("test-admin")) {
      new TopicAdmin(admin, 1).create(new TopicCatalogue(TOPICS, SIZES).fixed());
    }
    return new TestCluster(bootstrapServers, broker);
  }

  /** Stops the broker and starts it again on its data. */
  void restartBroker() throws IOException {
    broker = Objects.requireNonNull(broker, "a broker of its own").restart();
  }

  KafkaClients kafka() {
    return kafka;
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  TokenReader tokens() {
    return reader;
  }

  static EngineConfig simulated(int slots, Map<String, String> options) {
    return new EngineConfig("simulated", "words", slots, options);
  }

  static WorkerConfig settings(String id, DeliveryConfig delivery, CapabilityConfig... all) {
    return new WorkerConfig(
        new WorkerId(id), TOPICS, List.of(all), all.length, delivery, Optional.of(SIZES));
  }

  Worker worker(String id, CapabilityConfig... capabilities) throws InterruptedException {
    return worker(settings(id, DELIVERY, capabilities), new SimpleMeterRegistry());
  }

  Worker worker(WorkerConfig settings, MeterRegistry registry) throws InterruptedException {
    return worker(settings, registry, new FakePayloadStore());
  }

  Worker worker(WorkerConfig settings, MeterRegistry registry, PayloadStore payloads)
      throws InterruptedException {
    var worker = new Worker(settings, kafka, engines(), payloads, registry);
    worker.start();
    return worker;
  }

  static EngineRegistry engines() {
    return new EngineRegistry(Map.of("simulated", new SimulatedFactory(System::nanoTime)));
  }

  InferenceRequest request(String capability, String prompt, int maxTokens) {
    return request(
        capability, new Payload.Text(prompt), maxTokens, anytime(0, Priority.INTERACTIVE));
  }

  InferenceRequest request(String capability, Payload input) {
    return request(capability, input, 10, anytime(0, Priority.INTERACTIVE));
  }

  private static RoutingMetadata anytime(int partition, Priority priority) {
    var reply = new ReplyTo(partition, ReplyTo.UNKNOWN_OFFSET);
    return new RoutingMetadata(reply, Optional.empty(), priority, List.of(), 0);
  }

  InferenceRequest request(
      String capability, Payload input, int maxTokens, RoutingMetadata routing) {
    return new InferenceRequest(
        RequestId.next(System.currentTimeMillis(), random),
        context(capability, routing.priority() == Priority.BATCH),
        input,
        new GenerationParameters(maxTokens, SamplingParams.GREEDY, List.of(), true),
        routing);
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
    submit(capability, request.routing().priority(), RequestCodec.encode(request));
  }

  void submit(Capability capability, Priority priority, byte @Nullable [] value) {
    byte[] key = "s1".getBytes(StandardCharsets.UTF_8);
    var _ = producer.send(new ProducerRecord<>(TOPICS.requests(capability, priority), key, value));
    producer.flush();
  }

  /** Publishes a request again after that attempt, as the router does when its worker is lost. */
  void republish(InferenceRequest request, int attempt) {
    submit(request.with(request.routing().after(attempt)));
  }

  /** A batch request, for nobody who waits. */
  InferenceRequest batchRequest(String capability, String prompt, int maxTokens) {
    return request(capability, new Payload.Text(prompt), maxTokens, anytime(1, Priority.BATCH));
  }

  /** A request that nobody wants after that time. */
  InferenceRequest request(String capability, String prompt, int maxTokens, Instant deadline) {
    var routing = RoutingMetadata.interactive(new ReplyTo(0, 0), deadline);
    return request(capability, new Payload.Text(prompt), maxTokens, routing);
  }

  /** Writes an event as a worker does. */
  void write(TokenRecord record) {
    byte[] key = record.request().bytes();
    byte[] value = TokenCodec.encode(record);
    var _ = producer.send(new ProducerRecord<>(TOPICS.tokens(), 0, key, value));
    producer.flush();
  }

  /** The dead letters so far. */
  List<ConsumerRecord<byte[], byte[]>> deadLetters() {
    return all(TOPICS.deadLetters());
  }

  /** What a worker announced so far; empty for a farewell. */
  List<Optional<WorkerHeartbeat>> heartbeats(String worker) {
    return all(TOPICS.workers()).stream()
        .filter(record -> new String(record.key(), StandardCharsets.UTF_8).equals(worker))
        .map(record -> Optional.ofNullable(record.value()).map(WorkerCodec::decodeHeartbeat))
        .toList();
  }

  private List<ConsumerRecord<byte[], byte[]>> all(String topic) {
    var partition = new TopicPartition(topic, 0);
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (var range =
        new PartitionRangeReader(
            kafka.newAssignedConsumer("test-range", IsolationLevel.READ_UNCOMMITTED, Map.of()))) {
      range.read(partition, 0, range.end(partition), records::add);
    }
    return records;
  }

  /** Creates the topics and the group of a capability, as its first worker does. */
  void prepare(String capability) throws InterruptedException {
    var name = new Capability(capability);
    try (var admin = kafka.newAdmin("test-admin")) {
      new TopicAdmin(admin, 1).create(new TopicCatalogue(TOPICS, SIZES).of(name));
      ShareGroups.of(admin).configure(TOPICS, name);
    }
  }

  /** A consumer of the capability that is no worker. */
  ShareConsumer<byte[], byte[]> member(String capability) {
    var name = new Capability(capability);
    var consumer =
        kafka.newShareConsumer(
            "test-member",
            TOPICS.workerGroup(name, Priority.INTERACTIVE),
            Map.of("share.acquire.mode", "record_limit", "max.poll.records", "1"));
    consumer.subscribe(List.of(TOPICS.requests(name, Priority.INTERACTIVE)));
    return consumer;
  }

  void command(ControlCommand command) {
    var _ = producer.send(new ProducerRecord<>(TOPICS.control(), WorkerCodec.encode(command)));
    producer.flush();
  }

  @Override
  public void close() {
    reader.close();
    producer.close();
    if (broker != null) {
      broker.process().close();
    }
  }
}
