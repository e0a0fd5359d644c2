package io.anyserve.metering.export;

import java.util.List;

/** Takes events. */
@FunctionalInterface
interface EventSink extends AutoCloseable {

  /**
   * Returns when it is known what became of them.
   *
   * @param events not empty
   */
  SendResult send(List<UsageEvent> events) throws InterruptedException;

  @Override
  default void close() {}
}
