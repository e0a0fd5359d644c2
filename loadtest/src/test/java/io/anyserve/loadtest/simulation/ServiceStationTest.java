package io.anyserve.loadtest.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class ServiceStationTest {

  @Test
  void jobsWaitForTheServerThatIsFreeFirst() {
    ServiceStation station = new ServiceStation(2);

    assertEquals(10, station.serve(0, 10));
    assertEquals(4, station.serve(0, 4));
    assertEquals(9, station.serve(1, 5), "behind the second");
    assertEquals(3, station.longestWait());
    assertEquals(19, station.busy());

    station.reset();

    assertEquals(0, station.longestWait());
    assertEquals(11, station.serve(9, 2), "what waited goes on");
  }
}
