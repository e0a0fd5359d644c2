package io.anyserve.ingress.response;

import io.anyserve.runtime.ConfigSection;
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

  /** Mistakes become problems of the section. */
  public static ResponseLimits read(ConfigSection section) {
    int inFlight =
        section.integer(
            "in-flight", DEFAULT.inFlight, 1, 1_000_000, "Most requests in flight at once.");
    int resumes =
        section.integer(
            "resumes",
            DEFAULT.resumes,
            1,
            1_000_000,
            "Most resumed streams that read the log at once.");
    int events =
        section.integer(
            "waiting-events",
            DEFAULT.waitingEvents,
            1,
            1_000_000,
            "Most events of one stream in memory; a slower client is then served from the log.");
    int bytes =
        section.integer(
            "waiting-bytes",
            (int) DEFAULT.waitingBytes,
            1,
            1 << 30,
            "Most bytes of one stream in memory; a slower client is then served from the log.");
    Duration grace =
        section.duration(
            "disconnect-grace",
            DEFAULT.grace,
            Duration.ZERO,
            "Time that a request continues after its client disconnects, so that it can resume.");
    return new ResponseLimits(inFlight, resumes, events, bytes, grace);
  }

  private static void require(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
    }
  }
}
