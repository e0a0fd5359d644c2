package io.anyserve.contracts;

import io.anyserve.contracts.validation.Preconditions;

/**
 * Where on the topic {@code tokens} the events of a request go.
 *
 * @param fromOffset no event of the request lies before it; {@link #UNKNOWN_OFFSET} when unknown
 */
public record ReplyTo(int partition, long fromOffset) {

  public static final long UNKNOWN_OFFSET = -1;

  public ReplyTo {
    Preconditions.that(partition >= 0, "reply.partition", partition, ">= 0");
    Preconditions.that(fromOffset >= UNKNOWN_OFFSET, "reply.from_offset", fromOffset, ">= -1");
  }
}
