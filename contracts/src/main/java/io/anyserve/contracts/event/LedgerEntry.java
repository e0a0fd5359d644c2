package io.anyserve.contracts.event;

import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.TopicOffset;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What one request used: counts over its accepted chunks, never content.
 *
 * @param code of a failure, else empty
 * @param source the terminal event's record on {@code tokens}; an entry that is derived again has
 *     the same
 */
public record LedgerEntry(
    RequestId request,
    RequestContext context,
    ServedBy servedBy,
    Outcome outcome,
    String code,
    TokenUsage usage,
    long chunks,
    Volume volume,
    Duration engineTime,
    Times times,
    Cost cost,
    Optional<TopicOffset> source) {

  /**
   * Bytes of a request.
   *
   * @param in of the input, wherever it lies
   * @param out UTF-8 bytes of text and bytes of inline payloads
   */
  public record Volume(long in, long out) {

    public static final Volume NONE = new Volume(0, 0);
  }

  /** By the log's clock. */
  public record Times(
      Optional<Instant> startedAt, Optional<Instant> firstTokenAt, Instant endedAt) {}
}
