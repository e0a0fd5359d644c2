package io.anyserve.runtime.streams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class RestartPolicyTest {

  private final RestartPolicy restarts = new RestartPolicy("test", new RestartBackoff(() -> 0));

  @Test
  void endsTheClientAndRemembersWhy() {
    assertEquals(
        StreamThreadExceptionResponse.SHUTDOWN_CLIENT,
        restarts.handle(new IllegalStateException("lost")));
    assertEquals(Optional.of("java.lang.IllegalStateException: lost"), restarts.lastFailure());
  }

  @Test
  void pausesBeforeTheNextStart() {
    long before = System.nanoTime();
    assertTrue(restarts.pause());
    assertTrue(System.nanoTime() - before >= RestartBackoff.FIRST.toNanos());
  }

  @Test
  void stoppingEndsThePauseAndStartsNoMore() {
    CompletableFuture<Boolean> starting = CompletableFuture.supplyAsync(restarts::pause);
    restarts.stop();
    assertFalse(starting.join());
    assertTrue(restarts.stopped());
  }

  @Test
  void waitsUntilTheGroupHasForgottenAMissingTopic() {
    restarts.handle(new MissingSourceTopicException("tokens"));
    assertEquals(RestartPolicy.FORGOTTEN, restarts.nextPause());
    assertTrue(RestartPolicy.FORGOTTEN.compareTo(StreamsConfigs.SESSION_TIMEOUT) > 0);
    restarts.handle(new IllegalStateException("lost"));
    assertEquals(RestartBackoff.FIRST.multipliedBy(2), restarts.nextPause());
  }

  @Test
  void forgetsTheFailureOnceItRuns() {
    restarts.remember(new IllegalStateException("lost"));
    restarts.recovered();
    assertEquals(Optional.empty(), restarts.lastFailure());
  }
}
