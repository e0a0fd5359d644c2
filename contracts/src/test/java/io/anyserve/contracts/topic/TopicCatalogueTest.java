package io.anyserve.contracts.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class TopicCatalogueTest {

  /**
   * By the event's own time a late event would be older than the retention when it is written, and
   * be gone at once, unbilled (openmeter#5005).
   */
  @Test
  void whatIsBilledIsKeptByTheTimeAtWhichTheLogTookIt() {
    TopicNames topics = TopicNames.withDefaultPrefix();
    Set<String> byLogTime =
        new TopicCatalogue(topics, TopicPartitioning.STANDALONE)
            .fixed().stream()
                .filter(
                    spec -> "LogAppendTime".equals(spec.settings().get("message.timestamp.type")))
                .map(TopicSpec::name)
                .collect(Collectors.toSet());

    Set<String> billed = Set.of(topics.intake(), topics.tokens(), topics.usage());
    assertEquals(billed, billed.stream().filter(byLogTime::contains).collect(Collectors.toSet()));
  }
}
