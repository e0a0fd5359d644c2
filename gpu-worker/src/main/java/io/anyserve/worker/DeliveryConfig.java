package io.anyserve.worker;

import java.time.Duration;

/**
 * How long requests stay locked, and how often they are tried.
 *
 * @param lock how long the broker leaves a record to a consumer that does not renew it: a worker
 *     that hangs is noticed after that time; brokers allow 15 to 60 s unless told otherwise
 * @param attempts of a request that may fail in a row, without a new token: after so many it is
 *     given up; how often it is handed out does not count
 * @param drain how long a stopping worker goes on with what it has begun
 */
public record DeliveryConfig(Duration lock, int attempts, Duration drain) {

  public static final Duration SHORTEST_LOCK = Duration.ofSeconds(1);
  public static final Duration LONGEST_LOCK = Duration.ofSeconds(60);

  public static final DeliveryConfig DEFAULT =
      new DeliveryConfig(Duration.ofSeconds(30), 4, Duration.ofSeconds(30));

  /** Above that no number tells a request that kills its workers from one that does not. */
  public static final int MOST_ATTEMPTS = 50;

  public DeliveryConfig {
    if (attempts < 1 || attempts > MOST_ATTEMPTS) {
      throw new IllegalArgumentException(
          "delivery.attempts: " + attempts + " (expected: 1 to " + MOST_ATTEMPTS + ")");
    }
    if (lock.compareTo(SHORTEST_LOCK) < 0 || lock.compareTo(LONGEST_LOCK) > 0) {
      throw new IllegalArgumentException("delivery.lock: " + lock + " (expected: 1 s to 60 s)");
    }
    if (drain.isNegative()) {
      throw new IllegalArgumentException("delivery.drain: " + drain + " (expected: >= 0)");
    }
  }
}
