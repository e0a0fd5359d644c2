package io.anyserve.standalone;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.List;

/**
 * Keeps from the log what libraries call an error and what a healthy start does: one line of one
 * logger each, with the reason. Other lines of the same loggers pass.
 */
public final class ExpectedErrors extends Filter<ILoggingEvent> {

  private static final List<LogMessage> LINES =
      List.of(
          // A topic that was just created has no leader yet; the admin client asks again.
          new LogMessage(
              "org.apache.kafka.clients.admin.internals.PartitionLeaderStrategy",
              "Received unknown topic error for topic "));

  private record LogMessage(String logger, String start) {

    boolean matches(ILoggingEvent event) {
      return event.getLoggerName().equals(logger) && text(event).contains(start);
    }

    private static String text(ILoggingEvent event) {
      return String.valueOf(event.getFormattedMessage());
    }
  }

  @Override
  public FilterReply decide(ILoggingEvent event) {
    return LINES.stream().anyMatch(line -> line.matches(event))
        ? FilterReply.DENY
        : FilterReply.NEUTRAL;
  }
}
