package io.anyserve.contracts;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a request travels.
 *
 * @param deadline after which nobody wants the answer
 * @param delegatedFrom capabilities that it was sent on from, oldest first
 * @param earlierAttempts the highest attempt made before this record was published; deliveries add
 *     to it
 */
public record Delivery(
    ReplyAddress reply,
    Optional<Instant> deadline,
    Lane lane,
    List<Capability> delegatedFrom,
    int earlierAttempts) {

  /**
   * Far more than any request can make, far less than an int holds: attempts can be added to it.
   */
  public static final int MAX_EARLIER_ATTEMPTS = 1 << 20;

  public Delivery {
    delegatedFrom = List.copyOf(delegatedFrom);
    Checks.that(
        earlierAttempts >= 0 && earlierAttempts <= MAX_EARLIER_ATTEMPTS,
        "earlier_attempts",
        earlierAttempts,
        "0 to " + MAX_EARLIER_ATTEMPTS);
  }

  public static Delivery interactive(ReplyAddress reply, Instant deadline) {
    return new Delivery(reply, Optional.of(deadline), Lane.INTERACTIVE, List.of(), 0);
  }

  /** Of a copy that is published after that attempt. */
  public Delivery after(int attempt) {
    return new Delivery(reply, deadline, lane, delegatedFrom, Math.max(attempt, earlierAttempts));
  }

  /** Of a request whose events all lie at that offset or behind it. */
  public Delivery from(long offset) {
    ReplyAddress known = new ReplyAddress(reply.partition(), offset);
    return new Delivery(known, deadline, lane, delegatedFrom, earlierAttempts);
  }

  public boolean delegated() {
    return !delegatedFrom.isEmpty();
  }
}
