package io.anyserve.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import org.junit.jupiter.api.Test;

final class ExpectedErrorsTest {

  private static final String STRATEGY =
      "org.apache.kafka.clients.admin.internals.PartitionLeaderStrategy";

  @Test
  void aNewTopicWithoutLeaderIsExpected() {
    assertEquals(
        FilterReply.DENY,
        decide(STRATEGY, "[AdminClient clientId=x] Received unknown topic error for topic t"));
  }

  @Test
  void otherLinesOfTheSameLoggerAndTheSameLineOfOthersPass() {
    assertEquals(
        FilterReply.NEUTRAL,
        decide(STRATEGY, "[AdminClient clientId=x] Received unexpected error for topic t"));
    assertEquals(
        FilterReply.NEUTRAL,
        decide("org.apache.kafka.Other", "Received unknown topic error for topic t"));
  }

  private static FilterReply decide(String name, String message) {
    Logger logger = new LoggerContext().getLogger(name);
    return new ExpectedErrors()
        .decide(new LoggingEvent("fqcn", logger, Level.ERROR, message, null, null));
  }
}
