package io.anyserve.runtime.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** The errors that a server logs: what it did not foresee. Thread-safe. */
final class ErrorLog extends AppenderBase<ILoggingEvent> {

  private final Queue<String> errors = new ConcurrentLinkedQueue<>();

  void open() {
    start();
    ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).addAppender(this);
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
      String trace =
          event.getThrowableProxy() == null
              ? ""
              : "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy());
      errors.add(event.getFormattedMessage() + trace);
    }
  }

  void requireNone() {
    String error = errors.poll();
    if (error != null) {
      throw new AssertionError("logged: " + error);
    }
  }
}
