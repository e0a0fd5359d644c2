package io.anyserve.router;

import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.contracts.topic.TopicNames;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** The results without a broker: what workers write, what comes out, and a clock to turn. */
final class ResultsRun implements AutoCloseable {

  static final int MAX_RECORD_BYTES = 10_000;

  final TopicNames topics = TopicNames.withDefaultPrefix();
  final InFlightIndex requests = new InFlightIndex();
  final FakePastLog past;
  final TopologyTestDriver driver;
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final StateDirectory directory = new StateDirectory();
  private final TestClock clock = new TestClock(Samples.NOW);

  ResultsRun() {
    this(new FakePastLog());
  }

  /**
   * @param past what was written before
   */
  ResultsRun(FakePastLog past) {
    this.past = past;
    var surroundings =
        new RouterDependencies(
            topics, MAX_RECORD_BYTES, past, requests, clock, new RouterMetrics(registry));
    var properties = new Properties();
    properties.put(StreamsConfig.STATE_DIR_CONFIG, directory.path().toString());
    driver = new TopologyTestDriver(ResultsTopology.build(surroundings), properties, Samples.NOW);
  }

  void write(TokenRecord... records) {
    for (TokenRecord record : records) {
      put(topics.tokens(), record.request().bytes(), TokenCodec.encode(record));
    }
  }

  void announce(WorkerHeartbeat worker) {
    put(topics.workers(), IntakeRun.bytes(worker.worker().value()), WorkerCodec.encode(worker));
  }

  /** At the present time of the log. */
  void put(String topic, byte @Nullable [] key, byte @Nullable [] value) {
    Instant now = clock.now();
    past.append(topic, key, value, now);
    driver
        .createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer())
        .pipeInput(new TestRecord<>(key, value, new RecordHeaders(), now));
  }

  /** What looks at the clock next fails so. */
  void failOnce(Throwable failure) {
    clock.failOnce(failure);
  }

  /** Lets time pass in one leap. */
  void advance(Duration time) {
    clock.turn(clock.now().plus(time));
    driver.advanceWallClockTime(time);
  }

  /** Lets time pass in steps that are short enough for every check. */
  void pass(Duration time) {
    for (Duration left = time; left.isPositive(); left = left.minus(LostRequestRecovery.INTERVAL)) {
      advance(LostRequestRecovery.INTERVAL);
    }
  }

  List<TestRecord<byte[], byte[]>> output(String topic) {
    return driver
        .createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
        .readRecordsToList();
  }

  /** Sum over all tags. */
  double counted(String meter) {
    return registry.find(meter).counters().stream().mapToDouble(Counter::count).sum();
  }

  @Override
  public void close() {
    driver.close();
    directory.close();
  }
}
