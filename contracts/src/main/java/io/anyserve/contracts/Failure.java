package io.anyserve.contracts;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Why a request was refused or failed.
 *
 * @param message for the caller: names the offending and the expected value
 * @param hint only where the request was refused at once; it does not travel through the log
 */
public record Failure(FailureCode code, String message, Optional<Hint> hint) {

  /**
   * More for the caller's program.
   *
   * @param retryAfter when the same request may succeed; empty where that is not known
   */
  public record Hint(Optional<Duration> retryAfter, Map<String, String> about) {

    public Hint {
      about = Map.copyOf(about);
    }
  }

  /** Without a hint. */
  public Failure(FailureCode code, String message) {
    this(code, message, Optional.empty());
  }

  /**
   * A fault that nobody foresaw: its details are in the operator's log, not the caller's answer.
   */
  public static Failure unforeseen() {
    return new Failure(FailureCode.INTERNAL, "an internal fault; the log says more");
  }

  @Override
  public String toString() {
    return code + ": " + message;
  }
}
