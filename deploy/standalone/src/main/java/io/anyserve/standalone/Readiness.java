package io.anyserve.standalone;

import io.anyserve.runtime.Health;
import io.anyserve.runtime.ScheduledCheck;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Waits until nothing keeps a process from being ready. */
public final class Readiness {

  private static final Duration PERIOD = Duration.ofMillis(20);

  private Readiness() {}

  /** Throws what was still missing after the patience. */
  public static void await(Supplier<List<Health.Down>> troubles, Duration patience)
      throws TimeoutException, InterruptedException {
    var ready =
        ScheduledCheck.await(
            () -> Optional.of(troubles.get()).filter(List::isEmpty), PERIOD, patience);
    if (ready.isEmpty()) {
      throw new TimeoutException(
          troubles.get().stream()
              .map(down -> down.part() + ": " + down.why())
              .collect(Collectors.joining("; ", "not ready after " + patience + ": ", "")));
    }
  }
}
