package io.anyserve.router;

import io.anyserve.contracts.codec.UsageCodec;
import io.anyserve.contracts.event.RequestResult;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.router.recovery.InFlightIndex;
import io.anyserve.router.results.ResultsTopology;
import io.anyserve.router.results.RouterDependencies;
import io.anyserve.router.streams.RouterMetrics;
import io.anyserve.runtime.kafka.SeekableLogReader;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;

/** The router's own results topology without a broker. */
public final class ResultsTask implements AutoCloseable {

  private static final int MAX_RECORD_BYTES = 1_000_000;

  private final Past past = new Past();
  private final TopologyTestDriver driver;
  private final TestInputTopic<byte[], byte[]> tokens;
  private final TestOutputTopic<byte[], byte[]> results;

  /**
   * @param directory for its state
   */
  public ResultsTask(Path directory) {
    TopicNames topics = new TopicNames("simulated.");
    this.driver =
        new TopologyTestDriver(
            ResultsTopology.build(
                new RouterDependencies(
                    topics,
                    MAX_RECORD_BYTES,
                    past,
                    new InFlightIndex(),
                    () -> Instant.EPOCH,
                    new RouterMetrics(new SimpleMeterRegistry()))),
            settings(directory),
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
    past.add(key, value);
    tokens.pipeInput(key, value, timestamp);
  }

  /** Those written since the last call. */
  public List<RequestResult> results() {
    return results.readValuesToList().stream().map(UsageCodec::decodeResult).toList();
  }

  @Override
  public void close() {
    driver.close();
  }

  private static Properties settings(Path directory) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.STATE_DIR_CONFIG, directory.toString());
    return settings;
  }

  /** The last records that were read; none was written before the simulation. */
  private static final class Past implements SeekableLogReader {

    private static final int KEPT = 20_000;

    private final Deque<ConsumerRecord<byte[], byte[]>> records = new ArrayDeque<>();
    private long next;

    void add(byte[] key, byte[] value) {
      records.add(new ConsumerRecord<>("tokens", 0, next++, key, value));
      if (records.size() > KEPT) {
        records.remove();
      }
    }

    @Override
    public void read(
        TopicPartition partition,
        long from,
        long end,
        Consumer<ConsumerRecord<byte[], byte[]>> reader) {
      records.stream()
          .filter(record -> record.offset() >= from && record.offset() < end)
          .forEach(reader);
    }

    @Override
    public void pick(
        TopicPartition partition,
        Collection<Long> offsets,
        Consumer<ConsumerRecord<byte[], byte[]>> reader) {}

    @Override
    public long offsetAt(TopicPartition partition, Instant time) {
      return 0;
    }

    @Override
    public long end(TopicPartition partition) {
      return 0;
    }
  }
}
