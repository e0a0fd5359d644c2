package io.anyserve.router.intake;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.CapabilityRoute;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.router.Samples;
import io.anyserve.router.StateDirectory;
import io.anyserve.router.TestClock;
import io.anyserve.router.streams.RouterMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** The intake without a broker: what goes in, what comes out, and a clock to turn. */
public final class IntakeRun implements AutoCloseable {

  public final TopicNames topics = TopicNames.withDefaultPrefix();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final StateDirectory directory = new StateDirectory();
  private final TopologyTestDriver driver;
  private final TestClock clock = new TestClock(Samples.NOW);

  public IntakeRun() {
    this(Samples.RULES);
  }

  public IntakeRun(IntakeRules rules) {
    var topology = IntakeTopology.build(topics, rules, clock, new RouterMetrics(registry));
    var properties = new Properties();
    properties.put(StreamsConfig.STATE_DIR_CONFIG, directory.path().toString());
    this.driver = new TopologyTestDriver(topology, properties, Samples.NOW);
  }

  public void turnClock(Instant to) {
    clock.turn(to);
  }

  /** What looks at the clock next fails so. */
  public void failOnce(Throwable failure) {
    clock.failOnce(failure);
  }

  public void announce(WorkerHeartbeat... workers) {
    for (WorkerHeartbeat worker : workers) {
      put(topics.workers(), bytes(worker.worker().value()), WorkerCodec.encode(worker));
    }
  }

  public void table(CapabilityRoute... routes) {
    for (CapabilityRoute route : routes) {
      put(topics.capabilities(), bytes(route.capability().value()), WorkerCodec.encode(route));
    }
  }

  public void put(String topic, byte @Nullable [] key, byte @Nullable [] value) {
    put(topic, key, value, Samples.NOW);
  }

  private void put(String topic, byte @Nullable [] key, byte @Nullable [] value, Instant at) {
    input(topic).pipeInput(new TestRecord<>(key, value, new RecordHeaders(), at));
  }

  public void submit(InferenceRequest request) {
    put(topics.intake(), request.id().bytes(), RequestCodec.encode(request));
  }

  public void submit(InferenceRequest request, Instant at) {
    put(topics.intake(), request.id().bytes(), RequestCodec.encode(request), at);
  }

  public void submit(String json) {
    put(topics.intake(), null, bytes(json));
  }

  public void submit(byte[] value, Headers headers) {
    input(topics.intake()).pipeInput(new TestRecord<>(null, value, headers, Samples.NOW));
  }

  /** What went to a request topic since it was last asked. */
  public List<InferenceRequest> requests(String capability, Priority priority) {
    return output(topics.requests(new Capability(capability), priority)).stream()
        .map(record -> RequestCodec.decode(record.value()))
        .toList();
  }

  public List<TestRecord<byte[], byte[]>> output(String topic) {
    return driver
        .createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
        .readRecordsToList();
  }

  /** The only one since it was last asked. */
  public TestRecord<byte[], byte[]> only(String topic) {
    List<TestRecord<byte[], byte[]>> records = output(topic);
    if (records.size() != 1) {
      throw new AssertionError(topic + ": " + records.size() + " records (expected: 1)");
    }
    return records.getFirst();
  }

  public List<TokenRecord> refusals() {
    return output(topics.tokens()).stream()
        .map(record -> TokenCodec.decode(record.key(), record.value()))
        .toList();
  }

  /** How many idempotency keys are remembered. */
  public int submissions() {
    int count = 0;
    try (var all = driver.getWindowStore(IntakeTopology.SUBMISSIONS).all()) {
      for (; all.hasNext(); count++) {
        all.next();
      }
    }
    return count;
  }

  public List<TestRecord<byte[], byte[]>> deadLetters() {
    return output(topics.deadLetters());
  }

  /** What was written to the results since it was last asked. */
  List<RequestResult> results() {
    return output(topics.results()).stream()
        .map(record -> UsageCodec.decodeResult(record.value()))
        .toList();
  }

  static Failure failure(RequestResult result) {
    return ((Failed) result.outcome()).failure();
  }

  static String json(RequestId id, String tenant, String prompt) {
    return "{\"id\":\"%s\",\"tenant\":\"%s\",\"capability\":\"story\",\"prompt\":\"%s\"}"
        .formatted(id, tenant, prompt);
  }

  static <T> T only(List<T> all) {
    if (all.size() != 1) {
      throw new AssertionError(all.size() + " (expected: 1): " + all);
    }
    return all.getFirst();
  }

  public static Failed failed(TokenRecord record) {
    return (Failed) record.event();
  }

  /** Sum over all tags. */
  public double counted(String meter) {
    return registry.find(meter).counters().stream().mapToDouble(Counter::count).sum();
  }

  private TestInputTopic<byte[], byte[]> input(String topic) {
    return driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer());
  }

  public static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  @Override
  public void close() {
    driver.close();
    directory.close();
  }
}
