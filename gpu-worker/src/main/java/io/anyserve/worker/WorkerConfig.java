package io.anyserve.worker;

import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.worker.link.RouterAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One worker process.
 *
 * @param maxLoaded models in memory at once
 * @param create how request topics are cut that do not exist; empty leaves them to the operator
 * @param routers that notice its death at once; without any they go by its heartbeats
 */
public record WorkerConfig(
    WorkerId id,
    TopicNames topics,
    List<CapabilityConfig> capabilities,
    int maxLoaded,
    DeliveryConfig delivery,
    Optional<TopicPartitioning> create,
    List<RouterAddress> routers) {

  public WorkerConfig {
    capabilities = List.copyOf(capabilities);
    routers = List.copyOf(routers);
    List<String> mistakes = new ArrayList<>();
    if (capabilities.isEmpty()) {
      mistakes.add("worker.capabilities: none (expected: at least one)");
    }
    if (maxLoaded < 1) {
      mistakes.add("worker.max-loaded: " + maxLoaded + " (expected: >= 1)");
    }
    Set<String> seen = new HashSet<>();
    for (CapabilityConfig capability : capabilities) {
      if (!seen.add(capability.name().value())) {
        mistakes.add("worker.capabilities: " + capability.name() + " twice (expected: once)");
      }
    }
    if (!mistakes.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", mistakes));
    }
  }

  /** Without routers. */
  public WorkerConfig(
      WorkerId id,
      TopicNames topics,
      List<CapabilityConfig> capabilities,
      int maxLoaded,
      DeliveryConfig delivery,
      Optional<TopicPartitioning> create) {
    this(id, topics, capabilities, maxLoaded, delivery, create, List.of());
  }

  /** The same with these routers. */
  public WorkerConfig withRouters(List<RouterAddress> addresses) {
    return new WorkerConfig(id, topics, capabilities, maxLoaded, delivery, create, addresses);
  }

  /** All models fit into memory, everything else as usual. */
  public static WorkerConfig of(
      WorkerId id,
      TopicNames topics,
      TopicPartitioning sizes,
      List<CapabilityConfig> capabilities) {
    return new WorkerConfig(
        id,
        topics,
        capabilities,
        Math.max(1, capabilities.size()),
        DeliveryConfig.DEFAULT,
        Optional.of(sizes));
  }
}
