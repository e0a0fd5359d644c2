package io.anyserve.standalone;

import io.anyserve.contracts.service.Health;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Waits until nothing keeps a process from being ready. */
public final class Readiness {

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private Readiness() {}

  /** Throws what was still missing after the patience. */
  public static void await(Supplier<List<Health.Down>> troubles, Duration patience)
      throws TimeoutException {
    long deadline = System.nanoTime() + patience.toNanos();
    for (List<Health.Down> reasons = troubles.get(); !reasons.isEmpty(); reasons = troubles.get()) {
      if (System.nanoTime() > deadline) {
        throw new TimeoutException(
            reasons.stream()
                .map(down -> down.part() + ": " + down.why())
                .collect(Collectors.joining("; ", "not ready after " + patience + ": ", "")));
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }
}
