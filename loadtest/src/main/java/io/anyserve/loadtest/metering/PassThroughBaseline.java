package io.anyserve.loadtest.metering;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.v1.TokenEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;

/**
 * The floor of metering: exactly-once Kafka Streams that passes on the end of each request as it
 * is, and counts nothing.
 */
public final class PassThroughBaseline {

  private static final Serde<byte[]> BYTES = Serdes.ByteArray();

  /** Metering asks for a commit that long after each output. */
  private static final int COMMIT_MILLIS = 100;

  private PassThroughBaseline() {}

  /** Metering's settings of Kafka Streams and its clients, as far as they are about speed. */
  public static Map<String, Object> speed() {
    return Map.ofEntries(
        Map.entry(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2),
        Map.entry(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1),
        Map.entry(StreamsConfig.POLL_MS_CONFIG, 50),
        Map.entry(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 10_000),
        Map.entry(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, false),
        Map.entry(consumer(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 5_000),
        Map.entry(consumer(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest"),
        Map.entry(producer(ProducerConfig.LINGER_MS_CONFIG), 5),
        Map.entry(producer(ProducerConfig.BATCH_SIZE_CONFIG), 64 << 10),
        Map.entry(producer(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION), 1),
        Map.entry(producer(ProducerConfig.BUFFER_MEMORY_CONFIG), 16L << 20));
  }

  private static String consumer(String name) {
    return StreamsConfig.mainConsumerPrefix(name);
  }

  private static String producer(String name) {
    return StreamsConfig.producerPrefix(name);
  }

  /**
   * Starts it, from {@code tokens} to {@code usage}; whoever calls closes it.
   *
   * @param failed told why it stands still
   */
  static KafkaStreams start(
      KafkaClients kafka, TopicNames topics, Path state, Consumer<Throwable> failed) {
    Map<String, Object> all = new HashMap<>(speed());
    all.putAll(kafka.settings());
    all.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_MILLIS);
    all.put(StreamsConfig.APPLICATION_ID_CONFIG, topics.prefix() + "floor");
    all.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
    KafkaStreams streams = new KafkaStreams(topology(topics), new StreamsConfig(all));
    streams.setUncaughtExceptionHandler(
        failure -> {
          failed.accept(failure);
          return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
    streams.start();
    return streams;
  }

  private static Topology topology(TopicNames topics) {
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(topics.tokens(), Consumed.with(BYTES, BYTES).withName("tokens"))
        .filter((_, value) -> finishes(value), Named.as("ends"))
        .to(topics.usage(), Produced.with(BYTES, BYTES).withName("passed-on"));
    return builder.build();
  }

  /** Looks at the fields' numbers and skips what is in them. */
  static boolean finishes(byte[] value) {
    try {
      CodedInputStream input = CodedInputStream.newInstance(value);
      for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
        if (WireFormat.getTagFieldNumber(tag) == TokenEvent.FINISHED_FIELD_NUMBER) {
          return true;
        }
        input.skipField(tag);
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
