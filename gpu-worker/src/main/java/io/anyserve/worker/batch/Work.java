package io.anyserve.worker.batch;

import io.anyserve.contracts.Payload;
import io.anyserve.worker.publish.ReplyStream;

/**
 * A request that this worker answers from now on.
 *
 * @param input the content itself, never a reference
 */
public record Work(ReplyStream stream, Payload input, Earlier earlier) {}
