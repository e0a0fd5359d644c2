package io.anyserve.metering;

import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.streams.state.HostInfo;

/**
 * How metering runs.
 *
 * @param stateDirectory of this instance alone; what is lost there is read back from Kafka
 * @param replication copies of the internal topics
 * @param rememberedRequests in each partition of {@code tokens}: a request's end is known for at
 *     least that many records after it
 * @param retention of the topic {@code tokens}: a request that has not ended by then never will
 * @param server where other instances ask this one
 */
public record MeteringConfig(
    KafkaClients kafka,
    TopicNames topics,
    Path stateDirectory,
    int replication,
    int rememberedRequests,
    Duration retention,
    HostInfo server) {

  static final int DEFAULT_REMEMBERED = 1 << 18;

  /** Where the usage service listens unless told otherwise: this machine only. */
  public static final String DEFAULT_HOST = "127.0.0.1";

  public static final int DEFAULT_PORT = 9093;

  private static final HostInfo ALONE = new HostInfo(DEFAULT_HOST, DEFAULT_PORT);

  public MeteringConfig {
    require(replication >= 1, "replication", replication, ">= 1");
    require(rememberedRequests >= 1, "rememberedRequests", rememberedRequests, ">= 1");
    require(retention.isPositive(), "retention", retention, "> PT0S");
  }

  /** Everything but where Kafka and the state are. */
  public static MeteringConfig of(
      KafkaClients kafka, TopicNames topics, Path stateDirectory, int replication) {
    return new MeteringConfig(
        kafka,
        topics,
        stateDirectory,
        replication,
        DEFAULT_REMEMBERED,
        TopicCatalogue.RESUME_WINDOW,
        ALONE);
  }

  /** Several instances need an address each. */
  public MeteringConfig at(String host, int port) {
    return new MeteringConfig(
        kafka,
        topics,
        stateDirectory,
        replication,
        rememberedRequests,
        retention,
        new HostInfo(host, port));
  }

  /** The name under which all instances share the work. */
  public String applicationId() {
    return topics.prefix() + "metering";
  }

  private static void require(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
