package io.anyserve.ingress.reply;

/**
 * How much may be under way.
 *
 * @param inFlight requests at once
 * @param waitingEvents of one request, for a caller that reads slowly
 * @param waitingBytes of one request, likewise; a single larger event may wait all the same
 */
public record ReplyLimits(int inFlight, int waitingEvents, long waitingBytes) {

  public static final ReplyLimits DEFAULT = new ReplyLimits(8192, 2048, 1 << 20);

  public ReplyLimits {
    require("inFlight", inFlight);
    require("waitingEvents", waitingEvents);
    require("waitingBytes", waitingBytes);
  }

  private static void require(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
    }
  }
}
