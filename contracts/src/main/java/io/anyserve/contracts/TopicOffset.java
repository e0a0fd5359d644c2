package io.anyserve.contracts;

import io.anyserve.contracts.validation.Preconditions;

/** One record of a topic. */
public record TopicOffset(String topic, int partition, long offset) {

  public TopicOffset {
    Preconditions.that(!topic.isEmpty(), "topic", topic, "a name");
    Preconditions.that(partition >= 0, "partition", partition, ">= 0");
    Preconditions.that(offset >= 0, "offset", offset, ">= 0");
  }
}
