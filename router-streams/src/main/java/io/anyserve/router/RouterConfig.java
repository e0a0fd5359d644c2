package io.anyserve.router;

import io.anyserve.contracts.Priority;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.runtime.kafka.KafkaClients;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * The settings of a router.
 *
 * @param instance unique among the routers of a cluster and the same after a restart, so that a
 *     restart takes its partitions back at once
 * @param stateDirectory of Kafka Streams; what is lost there is read back from the log
 * @param replication copies of the topics that Kafka Streams keeps for itself
 * @param asynchronousDeadline of asynchronous requests that name none
 * @param listen where requests can be asked for; port 0 for any free one
 */
public record RouterConfig(
    KafkaClients kafka,
    TopicNames topics,
    String instance,
    Path stateDirectory,
    int replication,
    Duration asynchronousDeadline,
    InetSocketAddress listen) {

  public static final Duration DEFAULT_DEADLINE = Duration.ofHours(24);
  public static final String DEFAULT_HOST = "127.0.0.1";

  private static final Pattern INSTANCE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  public RouterConfig {
    check(INSTANCE.matcher(instance).matches(), "instance", instance, INSTANCE.pattern());
    check(replication >= 1, "replication", replication, ">= 1");
    check(
        asynchronousDeadline.isPositive()
            && asynchronousDeadline.compareTo(TopicCatalogue.longestDeadline(Priority.BATCH)) <= 0,
        "asynchronous deadline",
        asynchronousDeadline,
        "more than nothing, at most " + TopicCatalogue.longestDeadline(Priority.BATCH));
  }

  /** One router beside one broker. */
  public static RouterConfig standalone(
      KafkaClients kafka, TopicNames topics, Path stateDirectory) {
    return new RouterConfig(
        kafka,
        topics,
        "standalone",
        stateDirectory,
        1,
        DEFAULT_DEADLINE,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private static void check(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
