package io.anyserve.worker.batch;

import io.anyserve.contracts.Payload;
import io.anyserve.worker.publish.ReplyStream;
import java.time.Instant;

/**
 * A request that this worker answers from now on.
 *
 * @param input the content itself, never a reference
 * @param requestedAt no event of the request is older, by the log's clock
 * @param earlier known once the stream is fenced
 */
public record Work(ReplyStream stream, Payload input, Instant requestedAt, Earlier earlier) {

  /** A request of which nothing is known to be written. */
  public static Work of(ReplyStream stream, Payload input, Instant requestedAt) {
    return new Work(stream, input, requestedAt, Earlier.NOTHING);
  }

  /** The same, to go on behind what is written. */
  public Work behind(Earlier written) {
    return new Work(stream, input, requestedAt, written);
  }
}
