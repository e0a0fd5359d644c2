package io.anyserve.cli.doctor;

import io.anyserve.cli.doctor.Advice.Note;
import io.anyserve.cli.doctor.Advice.Ok;
import io.anyserve.cli.doctor.Advice.Problem;
import io.anyserve.cli.doctor.KafkaCluster.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.server.common.MetadataVersion;
import org.apache.kafka.server.common.ShareVersion;

/** Whether Kafka answers, has share groups, and has the topics of the catalogue. */
final class KafkaCheck implements Check {

  private static final MetadataVersion OLDEST = MetadataVersion.IBP_4_2_IV0;
  private static final String TOPICS = "./anyserve topics create --kafka ";

  private final String bootstrapServers;
  private final KafkaCluster cluster;

  KafkaCheck(String bootstrapServers, KafkaCluster cluster) {
    this.bootstrapServers = bootstrapServers;
    this.cluster = cluster;
  }

  @Override
  public String name() {
    return "Kafka";
  }

  @Override
  public List<Advice> findings() throws InterruptedException {
    List<Advice> findings = new ArrayList<>();
    try {
      Facts facts = cluster.facts();
      findings.add(new Ok(bootstrapServers + " answers, brokers: " + facts.brokers()));
      findings.add(version(facts));
      findings.add(shareGroups(facts));
      findings.add(shareState(facts));
      findings.addAll(topics());
    } catch (KafkaException e) {
      findings.add(
          new Problem(
              bootstrapServers + " does not answer as expected (" + reason(e) + ")",
              "Check the address, the [kafka] settings and that the brokers run."));
    }
    return findings;
  }

  private static String reason(KafkaException e) {
    Throwable cause = e.getCause();
    return e.getMessage() + (cause == null ? "" : ": " + cause.getMessage());
  }

  private static Advice version(Facts facts) {
    short level = facts.level(MetadataVersion.FEATURE_NAME);
    String text = "metadata.version " + named(level);
    return level >= OLDEST.featureLevel()
        ? new Ok(text)
        : new Problem(
            text + " (expected: " + OLDEST + " or later)",
            "Upgrade the brokers to Kafka 4.2 or later, then kafka-features.sh upgrade"
                + " --release-version 4.2.");
  }

  /** The name of a level that this Kafka knows, such as 4.2-IV0. */
  private static String named(short level) {
    for (MetadataVersion version : MetadataVersion.VERSIONS) {
      if (version.featureLevel() == level) {
        return version.toString();
      }
    }
    return "level " + level;
  }

  private static Advice shareGroups(Facts facts) {
    short level = facts.level(ShareVersion.FEATURE_NAME);
    String text = "share.version " + level;
    return level >= ShareVersion.SV_1.featureLevel()
        ? new Ok(text + ": share groups are on")
        : new Problem(
            text + " (expected: 1, share groups)",
            "kafka-features.sh upgrade --feature share.version=1.");
  }

  private static Advice shareState(Facts facts) {
    if (facts.shareStateReplicas().isEmpty()) {
      return new Note(
          "the brokers do not tell how often they copy the state of share groups",
          "With fewer than three brokers set share.coordinator.state.topic.replication.factor.");
    }
    int replicas = facts.shareStateReplicas().getAsInt();
    String text = "copies of the state of share groups: " + replicas;
    return replicas <= facts.brokers()
        ? new Ok(text)
        : new Problem(
            text + " (expected: at most one for each of the brokers)",
            "Set share.coordinator.state.topic.replication.factor and .min.isr on the brokers.");
  }

  private List<Advice> topics() throws InterruptedException {
    Map<String, List<String>> differences = cluster.topicDifferences();
    if (differences.isEmpty()) {
      return List.of(new Ok("topics are as the catalogue says"));
    }
    return differences.entrySet().stream()
        .map(topic -> topic(topic.getKey(), String.join("; ", topic.getValue())))
        .toList();
  }

  private Advice topic(String name, String differences) {
    return differences.startsWith("missing")
        ? new Problem("topic " + name + ": " + differences, TOPICS + bootstrapServers + ".")
        : new Note(
            "topic " + name + ": " + differences,
            "Where that is not meant, change the topic or the sizes in [topics].");
  }
}
