package io.anyserve.standalone.acl;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.LoggerFactory;

/** What the authoriser of a broker in this process refuses, as its log says it. */
final class Refusals extends AppenderBase<ILoggingEvent> implements AutoCloseable {

  private static final String REFUSED = " is Denied ";

  private final Logger logger = (Logger) LoggerFactory.getLogger("kafka.authorizer.logger");
  private final Set<String> lines = new TreeSet<>();

  static Refusals watch() {
    var refusals = new Refusals();
    refusals.start();
    refusals.logger.setLevel(Level.INFO);
    refusals.logger.setAdditive(false);
    refusals.logger.addAppender(refusals);
    return refusals;
  }

  @Override
  protected void append(ILoggingEvent event) {
    String line = event.getFormattedMessage();
    if (line.contains(REFUSED)) {
      synchronized (lines) {
        lines.add(line.replaceAll(" from host.* on resource = ", " "));
      }
    }
  }

  List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  @Override
  public void close() {
    logger.detachAppender(this);
    logger.setLevel(null);
    logger.setAdditive(true);
  }
}
