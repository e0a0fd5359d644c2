package io.anyserve.contracts.topic;

import org.apache.kafka.common.utils.Utils;

/** The partition that Kafka's own partitioner gives a key, so that every reader can compute it. */
public final class KeyPartition {

  private KeyPartition() {}

  /**
   * From 0 on.
   *
   * @param partitions of the topic, at least one
   */
  public static int of(byte[] key, int partitions) {
    return Utils.toPositive(Utils.murmur2(key)) % partitions;
  }
}
