package io.anyserve.worker.schedule;

import io.anyserve.contracts.Payload;
import io.anyserve.worker.publish.EventStreamWriter;
import java.time.Instant;

/**
 * A request that this worker answers from now on.
 *
 * @param input the content itself, never a reference
 * @param requestedAt no event of the request is older, by the log's clock
 * @param earlier what earlier attempts wrote
 */
public record WorkItem(
    EventStreamWriter stream, Payload input, Instant requestedAt, PriorOutput earlier) {}
