package io.anyserve.contracts.event;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.LogPosition;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.ReplyAddress;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.WorkerId;
import java.time.Duration;
import java.util.Optional;

/** What happens to a request while it runs. */
public sealed interface TokenEvent {

  /**
   * A worker took the request: from here on its run counts and no earlier one.
   *
   * @param inputBytes of the request's input, wherever it lies
   * @param source where the request lies
   */
  record Started(
      RequestContext context,
      WorkerId worker,
      Capability capability,
      String model,
      long promptTokens,
      long inputBytes,
      boolean delegated,
      Optional<LogPosition> source)
      implements TokenEvent {}

  /**
   * The next piece of the answer.
   *
   * @param sequence from 0 over all attempts, without gap
   * @param text may be empty while a character or a possible stop string is incomplete
   * @param payload what is not text
   */
  record Chunk(long sequence, TokenIds tokens, String text, Optional<Payload> payload)
      implements TokenEvent {}

  /** The last event of a request; there is exactly one that counts. */
  sealed interface Terminal extends TokenEvent {
    TokenUsage usage();
  }

  /**
   * The answer is complete.
   *
   * @param output all of it, for asynchronous requests
   * @param engineTime spent in the engine
   */
  record Finished(
      FinishReason reason, TokenUsage usage, Optional<Payload> output, Duration engineTime)
      implements Terminal {}

  /**
   * There will be no (more) answer.
   *
   * @param context where no Started came before
   */
  record Failed(Failure failure, TokenUsage usage, Optional<RequestContext> context)
      implements Terminal {}

  /**
   * Stopped on purpose.
   *
   * @param context where no Started came before
   */
  record Cancelled(CancelReason reason, TokenUsage usage, Optional<RequestContext> context)
      implements Terminal {}

  /**
   * The idempotency key was used before. No part of the stream: it answers the one submission that
   * the record's run names.
   *
   * @param reply where the events of the first submission go
   * @param digest of what the first submission asked for, hexadecimal
   * @param context of the first submission
   */
  record Duplicate(ReplyAddress reply, String digest, RequestContext context)
      implements TokenEvent {}
}
