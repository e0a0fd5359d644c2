package io.anyserve.ingress.idempotency;

import java.time.Duration;

/** Submits under the same idempotency key once more, as another request. Does not block. */
@FunctionalInterface
public interface Resubmission {

  /**
   * The earlier request has ended before any worker began it.
   *
   * @param remaining of the client's patience
   */
  void submit(Duration remaining);
}
