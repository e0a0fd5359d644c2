package io.anyserve.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class ReplacementTest {

  private final Replacement replacement = new Replacement("test", new Backoff(() -> 0));

  @Test
  void endsTheClientAndRemembersWhy() {
    assertEquals(
        StreamThreadExceptionResponse.SHUTDOWN_CLIENT,
        replacement.handle(new IllegalStateException("lost")));
    assertEquals(Optional.of("java.lang.IllegalStateException: lost"), replacement.lastFailure());
  }

  @Test
  void pausesBeforeTheNextStart() {
    long before = System.nanoTime();
    assertTrue(replacement.pause());
    assertTrue(System.nanoTime() - before >= Backoff.FIRST.toNanos());
  }

  @Test
  void stoppingEndsThePauseAndStartsNoMore() {
    CompletableFuture<Boolean> starting = CompletableFuture.supplyAsync(replacement::pause);
    replacement.stop();
    assertFalse(starting.join());
    assertTrue(replacement.stopped());
  }
}
