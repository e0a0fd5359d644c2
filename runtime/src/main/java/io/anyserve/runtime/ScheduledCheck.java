package io.anyserve.runtime;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Waits for what nobody signals: looks for it now and then, on a thread of its own. */
public final class ScheduledCheck {

  private ScheduledCheck() {}

  /**
   * Returns the first value that is found; empty where there is none within the timeout. What the
   * look throws is thrown at once.
   *
   * @param period between the end of one look and the beginning of the next
   */
  public static <T> Optional<T> await(Supplier<Optional<T>> look, Duration period, Duration timeout)
      throws InterruptedException {
    CompletableFuture<T> found = new CompletableFuture<>();
    try (ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("scheduled-check").daemon().factory())) {
      var looks =
          thread.scheduleWithFixedDelay(
              () -> look(look, found), 0, period.toMillis(), TimeUnit.MILLISECONDS);
      try {
        return Optional.of(found.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
      } catch (TimeoutException e) {
        return Optional.empty();
      } catch (ExecutionException e) {
        throw e.getCause() instanceof RuntimeException cause
            ? cause
            : new IllegalStateException(e.getCause());
      } finally {
        looks.cancel(true);
        thread.shutdownNow();
      }
    }
  }

  private static <T> void look(Supplier<Optional<T>> look, CompletableFuture<T> found) {
    try {
      look.get().ifPresent(found::complete);
    } catch (RuntimeException e) {
      found.completeExceptionally(e);
    }
  }
}
