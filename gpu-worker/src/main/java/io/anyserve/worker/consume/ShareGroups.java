package io.anyserve.worker.consume;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.worker.dispatch.RequestDispatcher;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets the share groups up in which workers acquire requests. */
public final class ShareGroups {

  private static final Logger log = LoggerFactory.getLogger(ShareGroups.class);

  private static final String SHORTEST_LOCK = "group.share.min.record.lock.duration.ms";

  /** Shorter ones would run out while a busy machine writes a Started. */
  private static final Duration ENOUGH = Duration.ofSeconds(2);

  /** What brokers allow unless they are told otherwise. */
  private static final Duration USUAL = Duration.ofSeconds(15);

  private final Admin admin;
  private final Duration lock;

  private ShareGroups(Admin admin, Duration lock) {
    this.admin = admin;
    this.lock = lock;
  }

  /** Asks the brokers how short a lock may be. */
  public static ShareGroups of(Admin admin) throws InterruptedException {
    Duration shortest = shortestLock(admin);
    return new ShareGroups(admin, shortest.compareTo(ENOUGH) < 0 ? ENOUGH : shortest);
  }

  private static Duration shortestLock(Admin admin) throws InterruptedException {
    try {
      Node node = admin.describeCluster().nodes().get().iterator().next();
      var broker = new ConfigResource(ConfigResource.Type.BROKER, node.idString());
      return admin.describeConfigs(List.of(broker)).all().get().values().stream()
          .map(config -> config.get(SHORTEST_LOCK))
          .filter(Objects::nonNull)
          .map(entry -> Duration.ofMillis(Long.parseLong(entry.value())))
          .findFirst()
          .orElse(USUAL);
    } catch (ExecutionException e) {
      log.info("The broker does not tell its shortest lock; using {}: {}", USUAL, e.toString());
      return USUAL;
    }
  }

  /** The client of the brokers that set them up. */
  public Admin admin() {
    return admin;
  }

  /** How long a record is left to the consumer that acquired it. */
  public Duration lock() {
    return lock;
  }

  /**
   * Makes the groups of a capability begin with the oldest request, deliver records as told, and
   * leave out what belongs to a transaction that is open or aborted; harmless when they already do.
   */
  public void configure(TopicNames topics, Capability capability) throws InterruptedException {
    for (Priority priority : Priority.values()) {
      configure(topics.workerGroup(capability, priority));
    }
    moveBatchRequests(topics, capability);
  }

  private void configure(String group) throws InterruptedException {
    Map<String, String> settings =
        Map.of(
            "share.auto.offset.reset",
            "earliest",
            "share.isolation.level",
            "read_committed",
            "share.record.lock.duration.ms",
            Long.toString(lock.toMillis()),
            "share.delivery.count.limit",
            Integer.toString(RequestDispatcher.MOST_DELIVERIES));
    var resource = new ConfigResource(ConfigResource.Type.GROUP, group);
    List<AlterConfigOp> changes =
        settings.entrySet().stream()
            .map(setting -> new ConfigEntry(setting.getKey(), setting.getValue()))
            .map(entry -> new AlterConfigOp(entry, AlterConfigOp.OpType.SET))
            .toList();
    try {
      admin.incrementalAlterConfigs(Map.of(resource, changes)).all().get();
    } catch (ExecutionException e) {
      throw new KafkaException("cannot set up share group " + group, e.getCause());
    }
  }

  /**
   * In earlier versions the group of the interactive requests took the batch requests too: where
   * the group of the batch requests is new, it goes on from there instead of from the oldest one.
   */
  private void moveBatchRequests(TopicNames topics, Capability capability)
      throws InterruptedException {
    String group = topics.workerGroup(capability, Priority.BATCH);
    String topic = topics.requests(capability, Priority.BATCH);
    try {
      if (!offsets(group, topic).isEmpty()) {
        return;
      }
      Map<TopicPartition, Long> earlier =
          offsets(topics.workerGroup(capability, Priority.INTERACTIVE), topic);
      if (!earlier.isEmpty()) {
        admin.alterShareGroupOffsets(group, earlier).all().get();
        log.info("{} goes on from {}", group, earlier);
      }
    } catch (ExecutionException e) {
      log.warn("Batch requests of {} may be executed again: {}", capability, e.getCause());
    }
  }

  private Map<TopicPartition, Long> offsets(String group, String topic)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, SharePartitionOffsetInfo> found =
        admin
            .listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec()))
            .partitionsToOffsetInfo(group)
            .get();
    Map<TopicPartition, Long> offsets = new HashMap<>();
    found.forEach(
        (partition, info) -> {
          if (info != null && partition.topic().equals(topic)) {
            offsets.put(partition, info.startOffset());
          }
        });
    return offsets;
  }
}
