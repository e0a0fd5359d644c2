package io.anyserve.metering;

import io.anyserve.contracts.topic.TopicNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;

/**
 * The topics that metering reads and writes; it creates none of them.
 *
 * @param quotas whether it settles quotas
 */
record TopicPreflight(MeteringConfig settings, boolean quotas) {

  private static final int ANSWER_SECONDS = 10;

  /**
   * Returns how many partitions {@code usage} has. Throws a KafkaException that says which topics
   * are missing, or that nobody answers.
   */
  int check() throws InterruptedException {
    try (Admin admin = settings.kafka().newAdmin("metering-topics")) {
      Set<String> existing = admin.listTopics().names().get(ANSWER_SECONDS, TimeUnit.SECONDS);
      List<String> missing =
          names(settings.topics()).stream().filter(name -> !existing.contains(name)).toList();
      if (!missing.isEmpty()) {
        throw new KafkaException("topics: missing " + missing + " (expected: all exist)");
      }
      return partitions(admin, settings.topics().usage());
    } catch (ExecutionException | TimeoutException e) {
      throw new KafkaException(
          "kafka: no answer from "
              + settings.kafka().settings().get("bootstrap.servers")
              + " (expected: a broker)",
          e);
    }
  }

  private static int partitions(Admin admin, String topic)
      throws ExecutionException, InterruptedException, TimeoutException {
    Map<String, TopicDescription> found =
        admin.describeTopics(List.of(topic)).allTopicNames().get(ANSWER_SECONDS, TimeUnit.SECONDS);
    return found.values().iterator().next().partitions().size();
  }

  private List<String> names(TopicNames topics) {
    List<String> names =
        new ArrayList<>(
            List.of(
                topics.tokens(),
                topics.usage(),
                topics.sessionUsage(),
                topics.tenantUsage(),
                topics.usageWindows(),
                topics.deadLetters()));
    if (quotas) {
      names.add(topics.quotas());
    }
    return names;
  }
}
