package io.anyserve.metering.export;

import java.time.Duration;
import java.util.Optional;

/** What became of events that were sent. */
sealed interface SendResult {

  /** The receiver has them. */
  record Taken() implements SendResult {}

  /** The receiver does not take them as they are. */
  record Refused(String why) implements SendResult {}

  /**
   * They may be taken another time.
   *
   * @param after how long the receiver asks to be left alone, where it says so
   */
  record Later(String why, Optional<Duration> after) implements SendResult {}
}
