package io.anyserve.cli.doctor;

import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.TopicAdmin;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;

/** A cluster behind an admin client, which waits a few seconds for each answer. */
final class AdminCluster implements KafkaCluster {

  private static final String PATIENCE = String.valueOf(Duration.ofSeconds(5).toMillis());
  private static final String SHARE_STATE_REPLICAS =
      "share.coordinator.state.topic.replication.factor";

  private final KafkaClients kafka;
  private final TopicCatalogue catalogue;

  AdminCluster(KafkaClients kafka, TopicCatalogue catalogue) {
    Map<String, String> settings = new HashMap<>(kafka.settings());
    settings.put("request.timeout.ms", PATIENCE);
    settings.put("default.api.timeout.ms", PATIENCE);
    this.kafka = new KafkaClients(settings);
    this.catalogue = catalogue;
  }

  @Override
  public Facts facts() throws InterruptedException {
    try (Admin admin = admin()) {
      Collection<Node> nodes = admin.describeCluster().nodes().get();
      Map<String, Short> features =
          admin.describeFeatures().featureMetadata().get().finalizedFeatures().entrySet().stream()
              .collect(
                  Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().maxVersionLevel()));
      return new Facts(nodes.size(), features, shareStateReplicas(admin, nodes));
    } catch (ExecutionException e) {
      throw new KafkaException("cannot describe the cluster", e.getCause());
    }
  }

  @Override
  public Map<String, List<String>> topicDifferences() throws InterruptedException {
    try (Admin admin = admin()) {
      return new TopicAdmin(admin, catalogue.sizes().replication()).differences(catalogue.fixed());
    }
  }

  private Admin admin() {
    return kafka.newAdmin("anyserve-doctor");
  }

  private static OptionalInt shareStateReplicas(Admin admin, Collection<Node> nodes)
      throws ExecutionException, InterruptedException {
    List<ConfigResource> first =
        nodes.stream()
            .limit(1)
            .map(node -> new ConfigResource(ConfigResource.Type.BROKER, node.idString()))
            .toList();
    return admin.describeConfigs(first).all().get().values().stream()
        .map(config -> config.get(SHARE_STATE_REPLICAS))
        .filter(java.util.Objects::nonNull)
        .map(ConfigEntry::value)
        .mapToInt(Integer::parseInt)
        .findFirst();
  }
}
