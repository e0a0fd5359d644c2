package io.anyserve.router;

import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.topic.Topics;
import io.anyserve.contracts.wire.UsageWire;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;

/** The router's own results topology without a broker. */
public final class ResultsTask implements AutoCloseable {

  private static final int MAX_RECORD_BYTES = 1_000_000;

  private final TopologyTestDriver driver;
  private final TestInputTopic<byte[], byte[]> tokens;
  private final TestOutputTopic<byte[], byte[]> results;

  public ResultsTask() {
    Topics topics = new Topics("simulated.");
    this.driver =
        new TopologyTestDriver(
            ResultsTopology.build(
                topics, MAX_RECORD_BYTES, new RouterMeters(new SimpleMeterRegistry())),
            new Properties(),
            Instant.EPOCH);
    this.tokens =
        driver.createInputTopic(
            topics.tokens(), new ByteArraySerializer(), new ByteArraySerializer());
    this.results =
        driver.createOutputTopic(
            topics.results(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** The next record of the partition. */
  public void process(byte[] key, byte[] value, long timestamp) {
    tokens.pipeInput(key, value, timestamp);
  }

  /** Those written since the last call. */
  public List<RequestResult> results() {
    return results.readValuesToList().stream().map(UsageWire::decodeResult).toList();
  }

  @Override
  public void close() {
    driver.close();
  }
}
