package io.anyserve.contracts;

/** One record of a topic. */
public record LogPosition(String topic, int partition, long offset) {

  public LogPosition {
    Checks.that(!topic.isEmpty(), "topic", topic, "a name");
    Checks.that(partition >= 0, "partition", partition, ">= 0");
    Checks.that(offset >= 0, "offset", offset, ">= 0");
  }
}
