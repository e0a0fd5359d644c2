package io.anyserve.runtime.kafka;

import io.anyserve.contracts.topic.TopicSpec;
import io.anyserve.runtime.ScheduledCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;

/** Creates topics as specified and says where existing ones differ. */
public final class TopicAdmin {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(50);

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
    for (NewTopic topic : missing) {
      if (patiently("cannot create topic " + topic.name(), () -> create(topic))) {
        created.add(topic.name());
      }
    }
    List<NewTopic> news = missing.stream().filter(t -> created.contains(t.name())).toList();
    patiently("new topics have no leaders", () -> admin.listOffsets(ends(news)).all().get().size());
    return created;
  }

  /** False when somebody else created it. */
  private boolean create(NewTopic topic) throws ExecutionException, InterruptedException {
    try {
      admin.createTopics(List.of(topic)).all().get();
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TopicExistsException) {
        return false;
      }
      throw e;
    }
  }

  /** A broker that has just started is not ready for everything: tries again for a while. */
  private static <T> T patiently(String trouble, Attempt<T> attempt) throws InterruptedException {
    AtomicReference<@Nullable Throwable> last = new AtomicReference<>();
    return ScheduledCheck.await(() -> attempt(trouble, attempt, last), PAUSE, PATIENCE)
        .orElseThrow(() -> new KafkaException(trouble, last.get()));
  }

  private static <T> Optional<T> attempt(
      String trouble, Attempt<T> attempt, AtomicReference<@Nullable Throwable> last) {
    try {
      return Optional.of(attempt.run());
    } catch (InterruptedException e) {
      throw new KafkaException(trouble, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RetriableException
          || e.getCause() instanceof InvalidReplicationFactorException) {
        last.set(e.getCause());
        return Optional.empty();
      }
      throw new KafkaException(trouble, e.getCause());
    }
  }

  private static Map<TopicPartition, OffsetSpec> ends(Collection<NewTopic> topics) {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (NewTopic topic : topics) {
      for (int partition = 0; partition < topic.numPartitions(); partition++) {
        ends.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
      }
    }
    return ends;
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
      TopicSpec spec, TopicDescription topic, @Nullable Config settings) {
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

  /** Something asked of the brokers. */
  @FunctionalInterface
  private interface Attempt<T> {
    T run() throws ExecutionException, InterruptedException;
  }
}
