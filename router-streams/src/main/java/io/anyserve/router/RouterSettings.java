package io.anyserve.router;

import io.anyserve.contracts.log.KafkaSettings;
import io.anyserve.contracts.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * What a router needs to know.
 *
 * @param instance unique among the routers of a cluster and the same after a restart, so that a
 *     restart takes its partitions back at once
 * @param stateDirectory of Kafka Streams; what is lost there is read back from the log
 * @param replication copies of the topics that Kafka Streams keeps for itself
 * @param asynchronousDeadline of asynchronous requests that name none
 */
public record RouterSettings(
    KafkaSettings kafka,
    Topics topics,
    String instance,
    Path stateDirectory,
    int replication,
    Duration asynchronousDeadline) {

  public static final Duration DEFAULT_DEADLINE = Duration.ofHours(24);

  private static final Pattern INSTANCE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  public RouterSettings {
    check(INSTANCE.matcher(instance).matches(), "instance", instance, INSTANCE.pattern());
    check(replication >= 1, "replication", replication, ">= 1");
    check(
        asynchronousDeadline.isPositive(),
        "asynchronous deadline",
        asynchronousDeadline,
        "more than nothing");
  }

  /** One router beside one broker. */
  public static RouterSettings standalone(KafkaSettings kafka, Topics topics, Path stateDirectory) {
    return new RouterSettings(kafka, topics, "standalone", stateDirectory, 1, DEFAULT_DEADLINE);
  }

  private static void check(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
