package io.anyserve.cli.doctor;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** What the doctor asks of a Kafka cluster. Throws KafkaException where it does not answer. */
interface KafkaCluster {

  Facts facts() throws InterruptedException;

  /** Topic by topic what differs from the catalogue; empty when nothing does. */
  Map<String, List<String>> topicDifferences() throws InterruptedException;

  /**
   * A cluster as it describes itself.
   *
   * @param features finalized levels by name
   * @param shareStateReplicas how many copies the state of share groups shall have, where told
   */
  record Facts(int brokers, Map<String, Short> features, OptionalInt shareStateReplicas) {
    public Facts {
      features = Map.copyOf(features);
    }

    short level(String feature) {
      return features.getOrDefault(feature, (short) 0);
    }
  }
}
