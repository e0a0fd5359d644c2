package io.anyserve.embedded;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.image.ClusterImage;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.loader.LoaderManifest;
import org.apache.kafka.image.publisher.MetadataPublisher;
import org.apache.kafka.metadata.BrokerRegistration;
import org.apache.kafka.metadata.ControllerRegistration;

/**
 * Reads from the committed metadata whether the previous broker died: it is registered and not
 * fenced although no broker runs. Called by the metadata loader's thread only.
 */
final class RegistrationWatch implements MetadataPublisher {

  private final int node;
  private final Uuid controllerIncarnation;
  private final CompletableFuture<Boolean> deadBrokerFound = new CompletableFuture<>();

  /**
   * @param node the id of broker and controller
   * @param controllerIncarnation of the controller in this process
   */
  RegistrationWatch(int node, Uuid controllerIncarnation) {
    this.node = node;
    this.controllerIncarnation = controllerIncarnation;
  }

  /**
   * Whether a dead broker is still registered. Where one is, it completes when this process's
   * controller has written its own registration, thus is active and takes requests.
   */
  CompletableFuture<Boolean> deadBrokerFound() {
    return deadBrokerFound;
  }

  @Override
  public String name() {
    return "RegistrationWatch";
  }

  @Override
  public void onMetadataUpdate(MetadataDelta delta, MetadataImage image, LoaderManifest manifest) {
    ClusterImage cluster = image.cluster();
    BrokerRegistration broker = cluster.broker(node);
    if (broker == null || broker.fenced()) {
      deadBrokerFound.complete(false);
    } else if (isActive(cluster)) {
      deadBrokerFound.complete(true);
    }
  }

  private boolean isActive(ClusterImage cluster) {
    ControllerRegistration controller = cluster.controllers().get(node);
    return controller != null && controller.incarnationId().equals(controllerIncarnation);
  }
}
