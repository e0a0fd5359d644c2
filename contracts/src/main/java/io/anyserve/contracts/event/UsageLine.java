package io.anyserve.contracts.event;

import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TokenUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The ledger line of one request: counts that add up over the chunks that counted, never content.
 *
 * @param code of a failure, else empty
 * @param bytesOut UTF-8 bytes of text and bytes of inline payloads
 */
public record UsageLine(
    RequestId request,
    RequestContext context,
    Answerer answerer,
    Outcome outcome,
    String code,
    TokenUsage usage,
    long chunks,
    long bytesOut,
    Duration engineTime,
    Times times) {

  /** By the log's clock. */
  public record Times(
      Optional<Instant> startedAt, Optional<Instant> firstTokenAt, Instant endedAt) {}
}
