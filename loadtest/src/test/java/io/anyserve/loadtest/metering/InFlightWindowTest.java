package io.anyserve.loadtest.metering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

final class InFlightWindowTest {

  private static final long MOST = 10;

  @Test
  void noMoreThanTheBoundAreUnderWay() throws Exception {
    InFlightWindow flight = new InFlightWindow(Duration.ZERO);

    flight.write(6, MOST);
    flight.write(4, MOST);
    assertThrows(TimeoutException.class, () -> flight.write(1, MOST));
    flight.count(3);
    flight.write(3, MOST);

    assertThrows(TimeoutException.class, () -> flight.write(1, MOST));
    assertEquals(13, flight.written());
    assertEquals(3, flight.counted());
  }

  @Test
  void whoWaitsGoesOnWhenEnoughAreCounted() throws Exception {
    InFlightWindow flight = new InFlightWindow(Duration.ofMinutes(1));
    flight.write(10, MOST);
    CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> write(flight, 4));

    flight.count(4);

    writer.get(1, TimeUnit.MINUTES);
    assertEquals(14, flight.written());
  }

  @Test
  void drainedMeansNothingUnderWay() throws Exception {
    InFlightWindow flight = new InFlightWindow(Duration.ZERO);
    flight.write(2, MOST);
    flight.count(1);
    assertThrows(TimeoutException.class, flight::drain);

    flight.count(1);

    flight.drain();
  }

  @Test
  void aFailureReachesWhoeverWaits() throws Exception {
    InFlightWindow flight = new InFlightWindow(Duration.ofMinutes(1));
    flight.write(10, MOST);
    var cause = new IllegalStateException("no broker");

    flight.fail(cause);
    flight.fail(new IllegalStateException("a consequence"));

    assertSame(cause, assertThrows(IllegalStateException.class, flight::drain).getCause());
  }

  private static void write(InFlightWindow flight, int requests) {
    try {
      flight.write(requests, MOST);
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }
}
