package io.anyserve.chaos.client;

import java.util.function.LongSupplier;

/**
 * Measures how many requests a second this machine carries: so many callers that each come again
 * when they are done, first unmeasured, then measured.
 *
 * @param width callers at once
 * @param unmeasured requests that run in what is started cold
 * @param measured requests
 */
public record Calibration(int width, int unmeasured, int measured) {

  private static final double NANOS_PER_SECOND = 1e9;

  public Calibration {
    require("width", width);
    require("unmeasured", unmeasured);
    require("measured", measured);
  }

  /**
   * Requests a second, by the load's first requests. It waits as long as anything goes on; 0 when
   * everything stands still.
   */
  public double run(ClientPool traffic, OpenLoopClients load, LongSupplier nanos) {
    if (!finish(traffic, load, unmeasured)) {
      return 0;
    }
    long begin = nanos.getAsLong();
    int before = traffic.ended();
    if (!finish(traffic, load, measured)) {
      return 0;
    }
    return (traffic.ended() - before) * NANOS_PER_SECOND / (nanos.getAsLong() - begin);
  }

  private boolean finish(ClientPool traffic, OpenLoopClients load, int count) {
    int target = traffic.ended() + count;
    while (traffic.ended() < target) {
      while (traffic.open().size() < width) {
        load.next(traffic);
      }
      int ended = traffic.ended();
      if (!traffic.awaitEnded(Math.min(target, ended + 1))) {
        return false;
      }
    }
    return true;
  }

  private static void require(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
    }
  }
}
