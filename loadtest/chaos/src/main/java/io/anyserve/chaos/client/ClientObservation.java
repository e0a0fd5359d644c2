package io.anyserve.chaos.client;

import io.anyserve.contracts.RequestId;
import java.util.Optional;

/**
 * What one caller saw of its request.
 *
 * @param ask index of the request
 * @param id empty where the caller was never told that the request was accepted
 * @param code of a failure or refusal, else empty
 * @param text all that arrived
 * @param begin by the suite's clock, nanoseconds, as {@code end}
 */
public record ClientObservation(
    int ask,
    Optional<RequestId> id,
    End how,
    String code,
    String text,
    Counts counts,
    long begin,
    long end) {

  /** How it ended for the caller. */
  public enum End {
    FINISHED,
    FAILED,
    CANCELLED,
    /** The caller hung up. */
    LEFT,
    /** Not accepted, for good. */
    REFUSED,
    /** The caller's patience ended before the request did. */
    GAVE_UP,
    /** Acknowledged by the log; its result is on a topic. */
    SUBMITTED
  }

  /**
   * Sequence numbers and tokens as they arrived.
   *
   * @param tokens in all chunks
   * @param told completion tokens that the end named, -1 without such an end
   * @param repeated chunks that had come before
   * @param missing chunks that were skipped
   * @param resumed times that the caller went on at another door
   */
  public record Counts(long tokens, long told, int repeated, long missing, int resumed) {

    static final Counts NONE = new Counts(0, -1, 0, 0, 0);
  }
}
