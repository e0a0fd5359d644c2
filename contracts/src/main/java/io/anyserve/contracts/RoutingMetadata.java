package io.anyserve.contracts;

import io.anyserve.contracts.validation.Preconditions;
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
public record RoutingMetadata(
    ReplyTo reply,
    Optional<Instant> deadline,
    Priority priority,
    List<Capability> delegatedFrom,
    int earlierAttempts) {

  /**
   * Far more than any request can make, far less than an int holds: attempts can be added to it.
   */
  public static final int MAX_EARLIER_ATTEMPTS = 1 << 20;

  public RoutingMetadata {
    delegatedFrom = List.copyOf(delegatedFrom);
    Preconditions.that(
        earlierAttempts >= 0 && earlierAttempts <= MAX_EARLIER_ATTEMPTS,
        "earlier_attempts",
        earlierAttempts,
        "0 to " + MAX_EARLIER_ATTEMPTS);
  }

  public static RoutingMetadata interactive(ReplyTo reply, Instant deadline) {
    return new RoutingMetadata(reply, Optional.of(deadline), Priority.INTERACTIVE, List.of(), 0);
  }

  /** Of a copy that is published after that attempt. */
  public RoutingMetadata after(int attempt) {
    return new RoutingMetadata(
        reply, deadline, priority, delegatedFrom, Math.max(attempt, earlierAttempts));
  }

  /**
   * Of a copy that is published after that attempt. Whoever takes it reads the log back from the
   * first event on.
   *
   * @param firstOffset before which no event of the request lies; {@link ReplyTo#UNKNOWN_OFFSET}
   *     where that is unknown
   */
  public RoutingMetadata after(int attempt, long firstOffset) {
    RoutingMetadata later = after(Math.min(attempt, MAX_EARLIER_ATTEMPTS));
    return reply.fromOffset() == ReplyTo.UNKNOWN_OFFSET ? later.from(firstOffset) : later;
  }

  /** Of a request whose events all lie at that offset or behind it. */
  public RoutingMetadata from(long offset) {
    ReplyTo known = new ReplyTo(reply.partition(), offset);
    return new RoutingMetadata(known, deadline, priority, delegatedFrom, earlierAttempts);
  }

  public boolean delegated() {
    return !delegatedFrom.isEmpty();
  }
}
