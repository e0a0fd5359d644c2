package io.anyserve.runtime.streams;

import io.anyserve.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.common.KafkaException;

/**
 * Looks for the topics without which an application cannot work, and creates none: Kafka Streams
 * fails late and unclearly instead.
 *
 * @param topics that must exist
 */
public record TopicPreflight(Set<String> topics, LongSupplier nanos) {

  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final int CALL_MILLIS = 5_000;

  public TopicPreflight {
    topics = Set.copyOf(topics);
  }

  /**
   * Returns how many partitions each of the topics has.
   *
   * @throws KafkaException that names what is missing or the brokers that do not answer
   */
  public Map<String, Integer> check(KafkaClients kafka, String clientId)
      throws InterruptedException {
    try (Admin admin = kafka.newAdmin(clientId)) {
      return check(admin, kafka);
    }
  }

  /**
   * Waits until all exist and returns how many partitions each of them has.
   *
   * @throws IllegalStateException after that time, or once {@code stopping}, naming what is missing
   *     or the brokers that do not answer
   */
  public Map<String, Integer> await(
      KafkaClients kafka, String clientId, Duration atMost, CountDownLatch stopping)
      throws InterruptedException {
    long end = nanos.getAsLong() + atMost.toNanos();
    try (Admin admin = kafka.newAdmin(clientId)) {
      while (true) {
        try {
          return check(admin, kafka);
        } catch (KafkaException e) {
          if (nanos.getAsLong() - end >= 0
              || stopping.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException(e.getMessage(), e);
          }
        }
      }
    }
  }

  private Map<String, Integer> check(Admin admin, KafkaClients kafka) throws InterruptedException {
    try {
      Set<String> missing = missing(admin);
      if (!missing.isEmpty()) {
        throw new KafkaException(
            "topics missing: "
                + String.join(", ", missing)
                + " (expected: created before, and this user may describe them)");
      }
      return partitions(admin);
    } catch (ExecutionException e) {
      String brokers = kafka.settings().get("bootstrap.servers");
      throw new KafkaException(brokers + ": broker does not answer: " + e.getMessage(), e);
    }
  }

  private Set<String> missing(Admin admin) throws InterruptedException, ExecutionException {
    var options = new ListTopicsOptions().timeoutMs(CALL_MILLIS);
    Set<String> missing = new TreeSet<>(topics);
    missing.removeAll(admin.listTopics(options).names().get());
    return missing;
  }

  private Map<String, Integer> partitions(Admin admin)
      throws InterruptedException, ExecutionException {
    var options = new DescribeTopicsOptions().timeoutMs(CALL_MILLIS);
    return admin.describeTopics(topics, options).allTopicNames().get().values().stream()
        .collect(
            Collectors.toMap(
                topic -> topic.name(),
                topic -> topic.partitions().size(),
                Integer::sum,
                TreeMap::new));
  }
}
