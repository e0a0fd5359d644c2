package io.anyserve.worker.intake;

import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.worker.batch.Earlier;

/** What a worker that takes a request over finds, by the worker's own rules. */
public final class TakeoverReading {

  private final ReadBack found;

  /**
   * @param ownStarted the offset of the run's Started
   */
  public TakeoverReading(long run, long ownStarted) {
    this.found = new ReadBack(run, ownStarted);
  }

  /** The next event of the request, in log order. */
  public void apply(long offset, TokenRecord record) {
    found.apply(offset, record);
  }

  /** The answer is this run's to give. */
  public boolean goesOn() {
    return found.standing() == ReadBack.Standing.OWN;
  }

  /** Runs before it that failed, since the last new token. */
  public int failedRuns() {
    return found.failedRuns();
  }

  public Earlier earlier() {
    return found.earlier();
  }
}
