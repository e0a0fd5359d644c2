package io.anyserve.worker;

import java.time.Duration;

/**
 * How long work is held, and how often it is tried.
 *
 * @param lock how long the broker leaves a record to a consumer that does not renew it: a worker
 *     that hangs is noticed after that time; brokers allow 15 to 60 s unless told otherwise
 * @param attempts that a request gets
 * @param drain how long a stopping worker goes on with what it has begun
 */
public record DeliverySettings(Duration lock, int attempts, Duration drain) {

  public static final DeliverySettings DEFAULT =
      new DeliverySettings(Duration.ofSeconds(30), 4, Duration.ofSeconds(30));

  /** Kafka's bounds of the delivery count are 2 and 10. */
  private static final int MOST_DELIVERIES = 10;

  /**
   * Deliveries beyond the last attempt: a worker that is lost while it writes the failure must not
   * lose the request with it.
   */
  private static final int SPARE_DELIVERIES = 3;

  public DeliverySettings {
    int most = MOST_DELIVERIES - SPARE_DELIVERIES;
    if (attempts < 1 || attempts > most) {
      throw new IllegalArgumentException(
          "delivery.attempts: " + attempts + " (expected: 1 to " + most + ")");
    }
    if (lock.toMillis() < 1000 || lock.toMillis() > 60_000) {
      throw new IllegalArgumentException("delivery.lock: " + lock + " (expected: 1 s to 60 s)");
    }
    if (drain.isNegative()) {
      throw new IllegalArgumentException("delivery.drain: " + drain + " (expected: >= 0)");
    }
  }

  /** How often the broker hands a record out at most. */
  int deliveries() {
    return attempts + SPARE_DELIVERIES;
  }
}
