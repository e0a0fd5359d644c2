package io.anyserve.chaos.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SilenceTimeoutTest {

  private static final Duration LEAST = Duration.ofSeconds(15);

  private final SilenceTimeout patience = new SilenceTimeout(LEAST);

  @Test
  void quickAnswersChangeNothing() {
    patience.finished(Duration.ofMillis(80).toNanos());
    assertEquals(LEAST.toNanos(), patience.silence());
  }

  @Test
  void whereAnswersTakeLongSilenceIsBorneForSeveralTimesThat() {
    for (int i = 0; i < 100; i++) {
      patience.finished(Duration.ofSeconds(30).toNanos());
    }
    assertTrue(patience.silence() > Duration.ofSeconds(119).toNanos());
    assertTrue(patience.silence() <= Duration.ofMinutes(2).toNanos());
  }
}
