package io.anyserve.embedded;

import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;

/**
 * One broker of a cluster whose brokers are all controllers too, or of none.
 *
 * @param id of this broker, from 1
 * @param controllers {@code HOST:PORT} of the controller of each broker, in the order of their ids
 */
public record ClusterNode(int id, List<String> controllers) {

  private static final int MOST_REPLICAS = 3;

  public ClusterNode {
    controllers = List.copyOf(controllers);
    if (id < 1 || id > controllers.size()) {
      throw new IllegalArgumentException(
          "node: %d (expected: 1 to the number of controllers, %d)"
              .formatted(id, controllers.size()));
    }
    for (String controller : controllers) {
      if (!controller.matches("[^:]+:[0-9]{1,5}")) {
        throw new IllegalArgumentException("controller: " + controller + " (expected: HOST:PORT)");
      }
    }
  }

  /** A broker that is its own controller. */
  static ClusterNode alone(int controllerPort) {
    return new ClusterNode(1, List.of(LoopbackPorts.HOST + ":" + controllerPort));
  }

  boolean isAlone() {
    return controllers.size() == 1;
  }

  /** Where its controller listens. */
  String controller() {
    return controllers.get(id - 1);
  }

  /** The host on which it serves clients too. */
  String host() {
    return controller().substring(0, controller().indexOf(':'));
  }

  String voters() {
    return IntStream.rangeClosed(1, controllers.size())
        .mapToObj(node -> node + "@" + controllers.get(node - 1))
        .collect(Collectors.joining(","));
  }

  /** Of each record. */
  int replicas() {
    return Math.min(controllers.size(), MOST_REPLICAS);
  }

  /** Replicas that have to have a record before it is acknowledged: one of them may be missing. */
  int inSync() {
    return Math.max(1, replicas() - 1);
  }

  /** The same for all brokers of a cluster. */
  Uuid clusterId() {
    if (isAlone()) {
      return Uuid.randomUuid();
    }
    UUID id = UUID.nameUUIDFromBytes(voters().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
  }
}
