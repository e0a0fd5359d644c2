package io.anyserve.worker.schedule;

import io.anyserve.contracts.Payload;
import io.anyserve.worker.publish.EventStreamWriter;
import java.time.Instant;

/**
 * A request that this worker answers from now on.
 *
 * @param input the content itself, never a reference
 * @param requestedAt no event of the request is older, by the log's clock
 * @param earlier known once the stream is fenced
 */
public record WorkItem(
    EventStreamWriter stream, Payload input, Instant requestedAt, PriorOutput earlier) {

  /** A request of which nothing is known to be written. */
  public static WorkItem of(EventStreamWriter stream, Payload input, Instant requestedAt) {
    return new WorkItem(stream, input, requestedAt, PriorOutput.NOTHING);
  }

  /** The same, to go on behind what is written. */
  public WorkItem behind(PriorOutput written) {
    return new WorkItem(stream, input, requestedAt, written);
  }
}
