package io.anyserve.router;

import io.anyserve.contracts.topic.TopicNames;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;

/**
 * The topics without which a router cannot work: Kafka Streams fails late and unclearly instead.
 */
record TopicPreflight(TopicNames topics, LongSupplier nanos) {

  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final int CALL_MILLIS = 5_000;

  record Partitions(int intake, int tokens) {}

  /**
   * Waits until all exist and returns the numbers of partitions of {@code intake} and {@code
   * tokens}.
   *
   * @throws IllegalStateException after that time, naming what is missing or cannot be reached
   */
  Partitions await(Admin admin, Duration atMost, CountDownLatch stopping)
      throws InterruptedException {
    long end = nanos.getAsLong() + atMost.toNanos();
    while (true) {
      String trouble;
      try {
        Set<String> missing = missing(admin);
        if (missing.isEmpty()) {
          return new Partitions(
              partitions(admin, topics.intake()), partitions(admin, topics.tokens()));
        }
        trouble = "topics missing: " + String.join(", ", missing) + " (expected: created before)";
      } catch (ExecutionException e) {
        trouble = "broker does not answer: " + e.getMessage();
      }
      if (nanos.getAsLong() - end >= 0 || stopping.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(trouble);
      }
    }
  }

  private Set<String> missing(Admin admin) throws InterruptedException, ExecutionException {
    var options = new ListTopicsOptions().timeoutMs(CALL_MILLIS);
    Set<String> missing =
        new TreeSet<>(
            Set.of(
                topics.intake(),
                topics.tokens(),
                topics.workers(),
                topics.capabilities(),
                topics.results(),
                topics.usage(),
                topics.deadLetters()));
    missing.removeAll(admin.listTopics(options).names().get());
    return missing;
  }

  private static int partitions(Admin admin, String topic)
      throws InterruptedException, ExecutionException {
    var description = admin.describeTopics(Set.of(topic)).topicNameValues().get(topic);
    return description == null ? 1 : description.get().partitions().size();
  }
}
