package io.anyserve.worker.takeover;

import io.anyserve.contracts.event.TokenRecord;
import io.anyserve.worker.schedule.PriorOutput;

/** What a worker that takes a request over finds, by the worker's own rules. */
public final class TakeoverReading {

  private final TokenHistory found;

  /**
   * @param ownStarted the offset of the execution's Started
   */
  public TakeoverReading(long executionId, long ownStarted) {
    this.found = new TokenHistory(executionId, ownStarted);
  }

  /** The next event of the request, in log order. */
  public void apply(long offset, TokenRecord record) {
    found.apply(offset, record);
  }

  /** The answer is this execution's to give. */
  public boolean goesOn() {
    return found.standing() == TokenHistory.Standing.OWN;
  }

  /**
   * Runs before it that failed, since the last new token.
   *
   * @param attempts above which a run has failed that did not come to know the prompt
   */
  public int failedExecutions(int attempts) {
    return found.failedExecutions(attempts);
  }

  public PriorOutput earlier() {
    return found.earlier();
  }
}
