package io.anyserve.embedded;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;

/**
 * The leader epochs at which brokers of this process became leader of a partition. Only Kafka's log
 * of state changes tells: a broker that becomes leader twice ends in the same state as one that
 * does once.
 */
final class Leaderships extends AppenderBase<ILoggingEvent> implements AutoCloseable {

  private final Logger stateChanges = (Logger) LoggerFactory.getLogger("state.change.logger");
  private final List<Integer> epochs = new CopyOnWriteArrayList<>();
  private final Pattern start;

  /**
   * @param partition for example {@code topic-0}
   */
  Leaderships(String partition) {
    this.start =
        Pattern.compile(
            "Leader " + Pattern.quote(partition) + " .* starts at leader epoch (\\d+) ");
    start();
    stateChanges.setAdditive(false);
    stateChanges.setLevel(Level.INFO);
    stateChanges.addAppender(this);
  }

  List<Integer> epochs() {
    return List.copyOf(epochs);
  }

  @Override
  protected void append(ILoggingEvent event) {
    Matcher found = start.matcher(event.getFormattedMessage());
    if (found.find()) {
      epochs.add(Integer.valueOf(found.group(1)));
    }
  }

  @Override
  public void close() {
    stateChanges.detachAppender(this);
    stateChanges.setLevel(null);
    stateChanges.setAdditive(true);
    stop();
  }
}
