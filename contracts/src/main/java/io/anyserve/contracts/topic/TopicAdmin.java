package io.anyserve.contracts.topic;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates topics as specified and says where existing ones differ. */
public final class TopicAdmin {

  private final Admin admin;
  private final short replication;

  public TopicAdmin(Admin admin, int replication) {
    this.admin = admin;
    this.replication = (short) replication;
  }

  /** What would have to change, topic by topic; empty when all is as specified. */
  public Map<String, List<String>> differences(Collection<TopicSpec> specs)
      throws InterruptedException {
    Map<String, TopicDescription> existing = describe(specs);
    Map<String, Config> settings = settings(existing.keySet());
    Map<String, List<String>> differences = new TreeMap<>();
    for (TopicSpec spec : specs) {
      List<String> found =
          Optional.ofNullable(existing.get(spec.name()))
              .map(topic -> compare(spec, topic, settings.get(spec.name())))
              .orElse(List.of("missing (expected: " + spec.partitions() + " partitions)"));
      if (!found.isEmpty()) {
        differences.put(spec.name(), found);
      }
    }
    return differences;
  }

  /**
   * Creates what is missing, leaves what exists, and returns the names of the new ones once every
   * partition of theirs has a leader that answers. A producer that pipelines its first batches
   * before may see the second one taken and the first one refused for good.
   */
  public List<String> create(Collection<TopicSpec> specs) throws InterruptedException {
    Map<String, TopicDescription> existing = describe(specs);
    List<NewTopic> missing =
        specs.stream().filter(spec -> !existing.containsKey(spec.name())).map(this::topic).toList();
    List<String> created = new ArrayList<>();
    for (var result : admin.createTopics(missing).values().entrySet()) {
      try {
        result.getValue().get();
        created.add(result.getKey());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw new KafkaException("cannot create topic " + result.getKey(), e.getCause());
        }
      }
    }
    awaitLeaders(missing.stream().filter(topic -> created.contains(topic.name())).toList());
    return created;
  }

  private void awaitLeaders(Collection<NewTopic> topics) throws InterruptedException {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (NewTopic topic : topics) {
      for (int partition = 0; partition < topic.numPartitions(); partition++) {
        ends.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
      }
    }
    try {
      admin.listOffsets(ends).all().get();
    } catch (ExecutionException e) {
      throw new KafkaException("new topics have no leaders", e.getCause());
    }
  }

  private NewTopic topic(TopicSpec spec) {
    return new NewTopic(spec.name(), spec.partitions(), replication).configs(spec.settings());
  }

  private Map<String, TopicDescription> describe(Collection<TopicSpec> specs)
      throws InterruptedException {
    try {
      var names = admin.listTopics().names().get();
      List<String> present = specs.stream().map(TopicSpec::name).filter(names::contains).toList();
      return admin.describeTopics(present).allTopicNames().get();
    } catch (ExecutionException e) {
      throw new KafkaException("cannot describe topics", e.getCause());
    }
  }

  private Map<String, Config> settings(Collection<String> names) throws InterruptedException {
    List<ConfigResource> resources =
        names.stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
    try {
      return admin.describeConfigs(resources).all().get().entrySet().stream()
          .collect(Collectors.toMap(entry -> entry.getKey().name(), Map.Entry::getValue));
    } catch (ExecutionException e) {
      throw new KafkaException("cannot read topic settings", e.getCause());
    }
  }

  private static List<String> compare(
      TopicSpec spec, TopicDescription topic, @org.jspecify.annotations.Nullable Config settings) {
    List<String> found = new ArrayList<>();
    int partitions = topic.partitions().size();
    if (partitions != spec.partitions()) {
      found.add("partitions: " + partitions + " (expected: " + spec.partitions() + ")");
    }
    spec.settings()
        .forEach(
            (name, expected) -> {
              var entry = settings == null ? null : settings.get(name);
              String value = entry == null ? "none" : String.valueOf(entry.value());
              if (!value.equals(expected)) {
                found.add(name + ": " + value + " (expected: " + expected + ")");
              }
            });
    return found;
  }
}
