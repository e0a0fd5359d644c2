package io.anyserve.chaos.rolling;

import java.util.Optional;

/**
 * What was done to a service.
 *
 * @param at when it began, nanoseconds
 * @param until when the next one began
 * @param stop from SIGTERM to the end of the process; empty where none was stopped
 * @param killed SIGTERM was not enough
 * @param ready from the start of the process until it said that it is ready; empty where none was
 *     started
 */
record ServiceChange(
    String service,
    Kind kind,
    long at,
    long until,
    Optional<Double> stop,
    boolean killed,
    Optional<Double> ready) {

  /** Which change. */
  public enum Kind {
    RESTART,
    ADD,
    REMOVE
  }

  ServiceChange until(long next) {
    return new ServiceChange(service, kind, at, next, stop, killed, ready);
  }
}
