package io.anyserve.router.results;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.router.FakePastLog;
import io.anyserve.router.Samples;
import io.anyserve.router.StateDirectory;
import io.anyserve.router.TestClock;
import io.anyserve.router.connection.WorkerConnections;
import io.anyserve.router.intake.IntakeRun;
import io.anyserve.router.recovery.InFlightIndex;
import io.anyserve.router.recovery.LostRequestRecovery;
import io.anyserve.router.recovery.RequestCopies;
import io.anyserve.router.streams.RouterMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** The results without a broker: what workers write, what comes out, and a clock to turn. */
public final class ResultsRun implements AutoCloseable {

  public static final int MAX_RECORD_BYTES = 10_000;

  public final TopicNames topics = TopicNames.withDefaultPrefix();
  public final InFlightIndex requests = new InFlightIndex();
  public final FakePastLog past;
  public final TopologyTestDriver driver;
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final StateDirectory directory = new StateDirectory();
  private final TestClock clock = new TestClock(Samples.NOW);
  private final List<Copy> copies = new ArrayList<>();
  private boolean copiesFail;
  public final WorkerConnections connections = new WorkerConnections();
  public final LostRequestRecovery recovery;

  /** A request that was published again. */
  public record Copy(ConsumerRecord<byte[], byte[]> found, InferenceRequest request) {}

  public ResultsRun() {
    this(new FakePastLog());
  }

  /**
   * @param past what was written before
   */
  public ResultsRun(FakePastLog past) {
    this.past = past;
    var meters = new RouterMetrics(registry);
    var dependencies =
        new RouterDependencies(topics, MAX_RECORD_BYTES, past, requests, clock, meters);
    recovery =
        new LostRequestRecovery(
            topics.tokens(), requests, connections, past, this::publishAgain, meters);
    var properties = new Properties();
    properties.put(StreamsConfig.STATE_DIR_CONFIG, directory.path().toString());
    driver = new TopologyTestDriver(ResultsTopology.build(dependencies), properties, Samples.NOW);
  }

  private RequestCopies.Receipt publishAgain(
      ConsumerRecord<byte[], byte[]> found, byte[] value, long now) {
    copies.add(new Copy(found, RequestCodec.decode(value)));
    boolean fails = copiesFail;
    return () -> {
      if (fails) {
        throw new KafkaException("not written");
      }
    };
  }

  /** The log takes no request that is published again, or takes them again. */
  public void failCopies(boolean fail) {
    copiesFail = fail;
  }

  /** The requests that were published again since the last call. */
  public List<Copy> copies() {
    List<Copy> published = List.copyOf(copies);
    copies.clear();
    return published;
  }

  public void write(TokenRecord... records) {
    for (TokenRecord record : records) {
      put(topics.tokens(), record.request().bytes(), TokenCodec.encode(record));
    }
  }

  public void announce(WorkerHeartbeat worker) {
    put(topics.workers(), IntakeRun.bytes(worker.worker().value()), WorkerCodec.encode(worker));
  }

  /** At the present time of the log. */
  public void put(String topic, byte @Nullable [] key, byte @Nullable [] value) {
    Instant now = clock.now();
    past.append(topic, key, value, now);
    driver
        .createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer())
        .pipeInput(new TestRecord<>(key, value, new RecordHeaders(), now));
  }

  /** What looks at the clock next fails so. */
  public void failOnce(Throwable failure) {
    clock.failOnce(failure);
  }

  /** Lets time pass in one leap, and looks for lost requests. */
  public void advance(Duration time) {
    clock.turn(clock.now().plus(time));
    driver.advanceWallClockTime(time);
    recovery.check(now());
  }

  /** By the router's clock, milliseconds since the epoch. */
  public long now() {
    return clock.now().toEpochMilli();
  }

  /** Lets time pass in steps that are short enough for every check. */
  public void pass(Duration time) {
    for (Duration left = time; left.isPositive(); left = left.minus(LostRequestRecovery.INTERVAL)) {
      advance(LostRequestRecovery.INTERVAL);
    }
  }

  public List<TestRecord<byte[], byte[]>> output(String topic) {
    return driver
        .createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
        .readRecordsToList();
  }

  /** Sum over all tags. */
  public double counted(String meter) {
    return registry.find(meter).counters().stream().mapToDouble(Counter::count).sum();
  }

  @Override
  public void close() {
    driver.close();
    directory.close();
  }
}
