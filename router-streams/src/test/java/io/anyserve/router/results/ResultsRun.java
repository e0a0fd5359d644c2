package io.anyserve.router.results;

import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.router.FakePastLog;
import io.anyserve.router.Samples;
import io.anyserve.router.StateDirectory;
import io.anyserve.router.TestClock;
import io.anyserve.router.intake.IntakeRun;
import io.anyserve.router.recovery.InFlightIndex;
import io.anyserve.router.recovery.LostRequestRecovery;
import io.anyserve.router.streams.RouterMetrics;
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
public final class ResultsRun implements AutoCloseable {

  public static final int MAX_RECORD_BYTES = 10_000;

  public final TopicNames topics = TopicNames.withDefaultPrefix();
  public final InFlightIndex requests = new InFlightIndex();
  public final FakePastLog past;
  public final TopologyTestDriver driver;
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final StateDirectory directory = new StateDirectory();
  private final TestClock clock = new TestClock(Samples.NOW);

  public ResultsRun() {
    this(new FakePastLog());
  }

  /**
   * @param past what was written before
   */
  public ResultsRun(FakePastLog past) {
    this.past = past;
    var dependencies =
        new RouterDependencies(
            topics, MAX_RECORD_BYTES, past, requests, clock, new RouterMetrics(registry));
    var properties = new Properties();
    properties.put(StreamsConfig.STATE_DIR_CONFIG, directory.path().toString());
    driver = new TopologyTestDriver(ResultsTopology.build(dependencies), properties, Samples.NOW);
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

  /** Lets time pass in one leap. */
  public void advance(Duration time) {
    clock.turn(clock.now().plus(time));
    driver.advanceWallClockTime(time);
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
