package io.anyserve.contracts.topic;

import java.util.Map;

/**
 * One topic as it should be.
 *
 * @param key what the record key holds
 * @param value the protobuf message in the record value
 * @param settings of Kafka, beyond its defaults
 */
public record TopicSpec(
    String name,
    String purpose,
    String key,
    String value,
    int partitions,
    Map<String, String> settings) {

  public TopicSpec {
    settings = Map.copyOf(settings);
  }
}
