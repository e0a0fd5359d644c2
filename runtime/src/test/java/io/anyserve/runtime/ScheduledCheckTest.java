package io.anyserve.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ScheduledCheckTest {

  private static final Duration OFTEN = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofMinutes(5);

  private final AtomicInteger looks = new AtomicInteger();

  @Test
  void looksUntilItIsThere() throws Exception {
    Optional<Integer> found =
        ScheduledCheck.await(
            () -> Optional.of(looks.incrementAndGet()).filter(count -> count == 3), OFTEN, LONG);

    assertEquals(Optional.of(3), found);
  }

  @Test
  void isEmptyWhenThePatienceEnds() throws Exception {
    assertEquals(Optional.empty(), ScheduledCheck.await(Optional::empty, OFTEN, OFTEN));
  }

  @Test
  void throwsWhatTheLookThrows() {
    assertThrows(
        ArithmeticException.class,
        () ->
            ScheduledCheck.await(
                () -> {
                  throw new ArithmeticException("no");
                },
                OFTEN,
                LONG));
  }
}
