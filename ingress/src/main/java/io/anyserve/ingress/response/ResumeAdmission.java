package io.anyserve.ingress.response;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds the resumed streams that catch up from the log at once. A place is held from admission
 * until the reader goes on live, its client takes no more, or it ends. Streams that need no more
 * than what comes live take none. Thread-safe.
 */
final class ResumeAdmission {

  private final AtomicInteger replaying = new AtomicInteger();
  private final int limit;
  private final ResumeMetrics meters;

  ResumeAdmission(int limit, ResumeMetrics meters) {
    this.limit = limit;
    this.meters = meters;
  }

  /**
   * Takes a place. Where none is left, a resume of the same request gives its own: its client has
   * most likely come again before this ingress noticed that the connection broke.
   *
   * @param others readers of the same request
   * @throws FailureException OVERLOADED where no place is left
   */
  void acquire(List<ResponseStream> others) {
    if (replaying.incrementAndGet() > limit && !replace(others)) {
      replaying.decrementAndGet();
      throw new FailureException(
          FailureCode.OVERLOADED, "resumes under way: " + limit + ", the most allowed");
    }
    meters.admitted();
  }

  private boolean replace(List<ResponseStream> others) {
    var failure =
        new Failure(FailureCode.OVERLOADED, "another call resumed the same request in its place");
    for (ResponseStream other : others) {
      if (other.giveWay(failure)) {
        meters.replaced();
        return true;
      }
    }
    return false;
  }

  void release() {
    replaying.decrementAndGet();
    meters.released();
  }
}
