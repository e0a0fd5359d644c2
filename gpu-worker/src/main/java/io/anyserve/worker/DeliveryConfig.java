package io.anyserve.worker;

import java.time.Duration;

/**
 * How often requests are tried, and how long a stopping worker takes.
 *
 * @param attempts of a request that may fail in a row, without a new token: after so many it is
 *     given up; how often it is handed out does not count
 * @param drain how long a stopping worker goes on with what it has begun
 */
public record DeliveryConfig(int attempts, Duration drain) {

  public static final DeliveryConfig DEFAULT = new DeliveryConfig(4, Duration.ofSeconds(30));

  /** Above that no number tells a request that kills its workers from one that does not. */
  public static final int MOST_ATTEMPTS = 50;

  public DeliveryConfig {
    if (attempts < 1 || attempts > MOST_ATTEMPTS) {
      throw new IllegalArgumentException(
          "delivery.attempts: " + attempts + " (expected: 1 to " + MOST_ATTEMPTS + ")");
    }
    if (drain.isNegative()) {
      throw new IllegalArgumentException("delivery.drain: " + drain + " (expected: >= 0)");
    }
  }
}
