package io.anyserve.embedded;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The configuration of one broker that is a controller too: patient with a slow machine where it is
 * alone, prompt to replace another one in a cluster, small in memory.
 *
 * @param directory absolute, holds all data
 * @param port for clients
 * @param advertisedPort where clients are told to connect: another one when a proxy stands before
 *     the broker
 * @param node the addresses of the controllers may differ at each start: the data does not remember
 *     them
 */
record BrokerConfig(Path directory, int port, int advertisedPort, ClusterNode node) {

  static final String CONTROLLER_LISTENER = "CONTROLLER";

  /** An open transaction holds up everybody who reads committed behind it. */
  private static final String TRANSACTION_TIMEOUT = "60000";

  private static final String INTERNAL_SEGMENT = String.valueOf(1 << 20);
  private static final String CLIENT_LISTENER = "PLAINTEXT";

  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  Map<String, String> toMap() {
    Map<String, String> settings = new HashMap<>();
    settings.putAll(identity());
    settings.putAll(internalTopics());
    settings.putAll(promptGroups());
    settings.putAll(node.isAlone() ? patience() : failover());
    settings.putAll(smallMemory());
    settings.putAll(idle());
    return settings;
  }

  private Map<String, String> identity() {
    String clients = CLIENT_LISTENER + "://" + node.host() + ":" + port;
    String replicas = String.valueOf(node.replicas());
    return Map.ofEntries(
        Map.entry("process.roles", "broker,controller"),
        Map.entry("node.id", String.valueOf(node.id())),
        Map.entry("log.dirs", directory.toString()),
        Map.entry("listeners", clients + "," + CONTROLLER_LISTENER + "://" + node.controller()),
        Map.entry(
            "advertised.listeners", CLIENT_LISTENER + "://" + node.host() + ":" + advertisedPort),
        Map.entry("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
        Map.entry("controller.listener.names", CONTROLLER_LISTENER),
        Map.entry("inter.broker.listener.name", CLIENT_LISTENER),
        Map.entry("controller.quorum.voters", node.voters()),
        Map.entry("auto.create.topics.enable", "false"),
        Map.entry("transaction.max.timeout.ms", TRANSACTION_TIMEOUT),
        Map.entry("default.replication.factor", replicas),
        Map.entry("num.partitions", "1"));
  }

  /**
   * One partition each, and small segments, so that they are compacted soon: all of it is read at
   * each start.
   */
  private Map<String, String> internalTopics() {
    Map<String, String> settings = new HashMap<>();
    String inSync = String.valueOf(node.inSync());
    for (String topic :
        List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
      settings.put(topic + ".replication.factor", String.valueOf(node.replicas()));
      settings.put(topic + ".num.partitions", "1");
      settings.put(topic + ".segment.bytes", INTERNAL_SEGMENT);
    }
    settings.put("transaction.state.log.min.isr", inSync);
    settings.put("share.coordinator.state.topic.min.isr", inSync);
    return settings;
  }

  /**
   * Members of a group get their first records in tens of milliseconds instead of seconds. Those of
   * a process that died, or that could not take their leave from a broker that died, are forgotten
   * soon: until then they count for the size of the group, and a full one takes no new members.
   */
  private static Map<String, String> promptGroups() {
    return Map.of(
        "group.initial.rebalance.delay.ms", "0",
        "group.share.min.heartbeat.interval.ms", "200",
        "group.share.heartbeat.interval.ms", "500",
        "group.share.min.session.timeout.ms", "10000",
        "group.share.session.timeout.ms", "10000",
        "group.share.max.size", "1000",
        "group.share.assignment.interval.ms", "0",
        "group.share.assignor.offload.enable", "false",
        "group.share.min.record.lock.duration.ms", "1000");
  }

  /**
   * Broker and controller live and die together, so none of these protects anybody: each only turns
   * a slow machine into a failure. The controller's deadline for a heartbeat is half its interval.
   */
  private static Map<String, String> patience() {
    return Map.of(
        "broker.session.timeout.ms", "86400000",
        "broker.heartbeat.interval.ms", "10000",
        "initial.broker.registration.timeout.ms", "600000",
        "server.max.startup.time.ms", "600000",
        "offsets.commit.timeout.ms", "30000",
        "share.coordinator.write.timeout.ms", "30000");
  }

  /**
   * The partitions of a broker that died move while clients still try: the next controller is
   * elected first, and gives every broker a session from then on.
   */
  private Map<String, String> failover() {
    return Map.of(
        "min.insync.replicas", String.valueOf(node.inSync()),
        "broker.session.timeout.ms", "3000",
        "broker.heartbeat.interval.ms", "500",
        "controller.quorum.fetch.timeout.ms", "1000",
        "controller.quorum.election.timeout.ms", "500");
  }

  /**
   * A controller that is alone writes nothing while nothing changes: its records without content
   * tell followers that it lives, and there are none. No connection is closed for being idle: an
   * acknowledgement of a share group that the coordinator's client sends at that very moment is
   * tried again only after seconds, in which the group gets no records.
   */
  private Map<String, String> idle() {
    String alive = node.isAlone() ? "0" : "500";
    return Map.of("metadata.max.idle.interval.ms", alive, "connections.max.idle.ms", "-1");
  }

  /**
   * Every partition maps two index files; the cleaner holds its buffers for good; threads that have
   * to wake each other cost more than they bring where processors are few.
   */
  private static Map<String, String> smallMemory() {
    return Map.of(
        "num.network.threads",
        String.valueOf(Math.clamp(PROCESSORS / 2, 1, 3)),
        "num.io.threads",
        String.valueOf(Math.clamp(PROCESSORS, 2, 8)),
        "background.threads",
        "2",
        "group.coordinator.threads",
        "1",
        "log.segment.bytes",
        String.valueOf(64 << 20),
        "log.index.size.max.bytes",
        String.valueOf(256 << 10),
        "log.cleaner.dedupe.buffer.size",
        String.valueOf(2 << 20),
        "log.cleaner.io.buffer.size",
        String.valueOf(256 << 10));
  }
}
