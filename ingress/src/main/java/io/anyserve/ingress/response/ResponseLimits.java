package io.anyserve.ingress.response;

import java.time.Duration;

/**
 * How much may be under way, and how long a client may be away.
 *
 * @param inFlight requests and resumed streams at once
 * @param resumes resumed streams that catch up from the log at once
 * @param waitingEvents of one stream, before a client that reads slowly is fed from the log
 * @param waitingBytes of one stream, likewise; a single larger event may wait all the same
 * @param grace for a client that left to come back, before its work is stopped; may be zero
 */
public record ResponseLimits(
    int inFlight, int resumes, int waitingEvents, long waitingBytes, Duration grace) {

  public static final ResponseLimits DEFAULT =
      new ResponseLimits(8192, 1024, 64, 256 << 10, Duration.ZERO);

  public ResponseLimits {
    require("inFlight", inFlight);
    require("resumes", resumes);
    require("waitingEvents", waitingEvents);
    require("waitingBytes", waitingBytes);
    if (grace.isNegative()) {
      throw new IllegalArgumentException("grace: " + grace + " (expected: not negative)");
    }
  }

  private static void require(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
    }
  }
}
