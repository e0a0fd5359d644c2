package io.anyserve.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
  void replacesAThreadAfterAPauseAndRemembersWhy() {
    long before = System.nanoTime();
    assertEquals(
        StreamThreadExceptionResponse.REPLACE_THREAD,
        replacement.handle(new IllegalStateException("lost")));
    assertTrue(System.nanoTime() - before >= Backoff.FIRST.toNanos());
    assertEquals(Optional.of("java.lang.IllegalStateException: lost"), replacement.lastFailure());
  }

  @Test
  void stoppingEndsThePauseAndReplacesNoMore() {
    CompletableFuture<StreamThreadExceptionResponse> dying =
        CompletableFuture.supplyAsync(
            () -> {
              replacement.handle(new IllegalStateException("first"));
              return replacement.handle(new IllegalStateException("second"));
            });
    replacement.stop();
    assertEquals(StreamThreadExceptionResponse.SHUTDOWN_CLIENT, dying.join());
  }
}
