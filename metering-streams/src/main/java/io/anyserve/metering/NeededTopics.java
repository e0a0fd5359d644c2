package io.anyserve.metering;

import io.anyserve.contracts.topic.Topics;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/** The topics that metering reads and writes; it creates none of them. */
record NeededTopics(MeteringSettings settings) {

  private static final int ANSWER_SECONDS = 10;

  /** Throws a KafkaException that says which are missing, or that nobody answers. */
  void check() throws InterruptedException {
    try (Admin admin = settings.kafka().admin("metering-topics")) {
      Set<String> existing = admin.listTopics().names().get(ANSWER_SECONDS, TimeUnit.SECONDS);
      List<String> missing =
          names(settings.topics()).stream().filter(name -> !existing.contains(name)).toList();
      if (!missing.isEmpty()) {
        throw new KafkaException("topics: missing " + missing + " (expected: all exist)");
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new KafkaException(
          "kafka: no answer from "
              + settings.kafka().settings().get("bootstrap.servers")
              + " (expected: a broker)",
          e);
    }
  }

  private static List<String> names(Topics topics) {
    return List.of(topics.tokens(), topics.usage(), topics.sessionUsage(), topics.deadLetters());
  }
}
