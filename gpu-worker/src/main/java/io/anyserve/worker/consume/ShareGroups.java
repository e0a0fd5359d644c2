package io.anyserve.worker.consume;

import static java.util.stream.Collectors.toMap;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.worker.dispatch.RequestDispatcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private static final String USUAL_HEARTBEAT = "group.share.heartbeat.interval.ms";
  private static final Set<String> NEEDED = Set.of(SHORTEST_LOCK, USUAL_HEARTBEAT);
  private static final String HEARTBEAT = "share.heartbeat.interval.ms";

  /** Shorter ones would run out while a busy machine writes a Started. */
  private static final Duration ENOUGH = Duration.ofSeconds(2);

  /** What brokers allow unless they are told otherwise. */
  private static final Duration USUAL = Duration.ofSeconds(15);

  /** Enough for members that have their partitions: all they hear of is changes. */
  private static final Duration SLOW_HEARTBEAT = Duration.ofSeconds(2);

  private final Admin admin;
  private final Duration lock;
  private final boolean frequent;

  private ShareGroups(Admin admin, Duration lock, boolean frequent) {
    this.admin = admin;
    this.lock = lock;
    this.frequent = frequent;
  }

  /** Asks the brokers how short a lock may be and how often members send heartbeats. */
  public static ShareGroups of(Admin admin) throws InterruptedException {
    Map<String, Duration> usual = settings(admin);
    Duration shortest = usual.getOrDefault(SHORTEST_LOCK, USUAL);
    return new ShareGroups(
        admin,
        shortest.compareTo(ENOUGH) < 0 ? ENOUGH : shortest,
        usual.getOrDefault(USUAL_HEARTBEAT, SLOW_HEARTBEAT).compareTo(SLOW_HEARTBEAT) < 0);
  }

  private static Map<String, Duration> settings(Admin admin) throws InterruptedException {
    try {
      Node node = admin.describeCluster().nodes().get().iterator().next();
      var broker = new ConfigResource(ConfigResource.Type.BROKER, node.idString());
      return admin.describeConfigs(List.of(broker)).all().get().values().stream()
          .flatMap(config -> config.entries().stream())
          .filter(entry -> NEEDED.contains(entry.name()))
          .collect(
              toMap(ConfigEntry::name, entry -> Duration.ofMillis(Long.parseLong(entry.value()))));
    } catch (ExecutionException e) {
      log.info("The broker does not tell its settings; using Kafka's defaults: {}", e.toString());
      return Map.of();
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
   * Their members send heartbeats as often as the broker says: a new one gets its partitions with
   * the second.
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
    List<AlterConfigOp> changes = new ArrayList<>();
    settings.forEach((name, value) -> changes.add(change(name, value, AlterConfigOp.OpType.SET)));
    if (frequent) {
      changes.add(change(HEARTBEAT, "", AlterConfigOp.OpType.DELETE));
    }
    try {
      admin.incrementalAlterConfigs(Map.of(resource, changes)).all().get();
    } catch (ExecutionException e) {
      throw new KafkaException("cannot set up share group " + group, e.getCause());
    }
  }

  private static AlterConfigOp change(String name, String value, AlterConfigOp.OpType type) {
    return new AlterConfigOp(new ConfigEntry(name, value), type);
  }

  /**
   * Makes the members of a capability's groups send fewer heartbeats, for when those of this worker
   * have their partitions. Does not wait for it.
   */
  public void slowHeartbeats(TopicNames topics, Capability capability) {
    if (!frequent) {
      return;
    }
    Collection<AlterConfigOp> change =
        List.of(
            change(HEARTBEAT, Long.toString(SLOW_HEARTBEAT.toMillis()), AlterConfigOp.OpType.SET));
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    for (Priority priority : Priority.values()) {
      String group = topics.workerGroup(capability, priority);
      changes.put(new ConfigResource(ConfigResource.Type.GROUP, group), change);
    }
    var _ =
        admin
            .incrementalAlterConfigs(changes)
            .all()
            .whenComplete(
                (_, failure) -> {
                  if (failure != null) {
                    log.info(
                        "{} keeps its frequent heartbeats: {}", capability, failure.toString());
                  }
                });
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
