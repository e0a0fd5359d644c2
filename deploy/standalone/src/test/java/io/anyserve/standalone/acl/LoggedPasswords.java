package io.anyserve.standalone.acl;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.LoggerFactory;

/** Lines of the services' and of Kafka's logs that hold a password of {@link SecuredBroker}. */
final class LoggedPasswords extends AppenderBase<ILoggingEvent> implements AutoCloseable {

  /** With it, Kafka's clients print all their settings. */
  private static final Level LEVEL = Level.INFO;

  private final List<Logger> loggers =
      List.of(
          (Logger) LoggerFactory.getLogger("io.anyserve"),
          (Logger) LoggerFactory.getLogger("org.apache.kafka"));
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final AtomicInteger logins = new AtomicInteger();

  static LoggedPasswords watch() {
    var logged = new LoggedPasswords();
    logged.start();
    logged.loggers.forEach(
        logger -> {
          logger.setLevel(LEVEL);
          logger.setAdditive(false);
          logger.addAppender(logged);
        });
    return logged;
  }

  @Override
  protected void append(ILoggingEvent event) {
    String line = event.getFormattedMessage();
    if (event.getThrowableProxy() != null) {
      line += ThrowableProxyUtil.asString(event.getThrowableProxy());
    }
    if (line.contains(SecuredBroker.PASSWORD)) {
      lines.add(line);
    }
    if (line.contains("sasl.jaas.config = [hidden]")) {
      logins.incrementAndGet();
    }
  }

  List<String> lines() {
    return lines;
  }

  /** How often a client printed its settings, the login hidden. */
  int hidden() {
    return logins.get();
  }

  @Override
  public void close() {
    loggers.forEach(
        logger -> {
          logger.detachAppender(this);
          logger.setLevel(null);
          logger.setAdditive(true);
        });
  }
}
