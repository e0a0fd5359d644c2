package io.anyserve.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.exception.DockerException;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.runtime.Config;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.TopicAdmin;
import io.anyserve.standalone.SingleService.Service;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.StreamEvent;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** Services on a broker in a container; skipped where Docker or the image is missing. */
final class ContainerIT {

  private static final String IMAGE = "apache/kafka:4.4.0";

  @Test
  void ingressAndWorkerServeOnABrokerOfItsOwn() throws Exception {
    assumeTrue(imageIsThere(), "no Docker, or no image " + IMAGE);
    try (KafkaContainer kafka = new KafkaContainer(DockerImageName.parse(IMAGE))) {
      // One broker, and Testcontainers does not size the share groups' own topic for it.
      kafka.withEnv("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR", "1");
      kafka.withEnv("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR", "1");
      kafka.withStartupTimeout(RunningServices.PATIENCE);
      kafka.start();
      createTopics(kafka.getBootstrapServers());
      int port = UnusedPorts.row(1);
      Config settings = Config.parse(settings(kafka.getBootstrapServers(), port), Map.of());
      try (SingleService worker = new SingleService(Service.WORKER, settings);
          SingleService ingress = new SingleService(Service.INGRESS, settings)) {
        worker.start();
        ingress.start();
        Readiness.await(worker::notReadyReasons, RunningServices.PATIENCE);
        Readiness.await(ingress::notReadyReasons, RunningServices.PATIENCE);

        List<StreamEvent> stream = stream(port);

        assertTrue(stream.getLast().hasFinished());
        assertEquals(5, stream.getLast().getFinished().getUsage().getCompletionTokens());
      }
    }
  }

  private static boolean imageIsThere() {
    DockerClientFactory docker = DockerClientFactory.instance();
    if (!docker.isDockerAvailable()) {
      return false;
    }
    try {
      docker.client().inspectImageCmd(IMAGE).exec();
      return true;
    } catch (DockerException e) {
      return false;
    }
  }

  private static void createTopics(String bootstrapServers) throws InterruptedException {
    TopicCatalogue catalogue =
        new TopicCatalogue(RunningServices.TOPICS, TopicPartitioning.STANDALONE);
    try (Admin admin = KafkaClients.of(bootstrapServers).newAdmin("container-test")) {
      TopicAdmin topics = new TopicAdmin(admin, 1);
      topics.create(catalogue.fixed());
      assertEquals(Map.of(), topics.differences(catalogue.fixed()));
    }
  }

  private static List<StreamEvent> stream(int port) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      List<StreamEvent> messages = new ArrayList<>();
      InferenceServiceGrpc.newBlockingStub(channel)
          .inferStream(
              InferStreamRequest.newBuilder()
                  .setInference(
                      RunningServices.inference(
                          "words", "container", RunningServices.text("hello"), 5))
                  .build())
          .forEachRemaining(messages::add);
      return messages;
    } finally {
      channel.shutdownNow();
    }
  }

  private static String settings(String bootstrapServers, int port) {
    return """
        [kafka]
        bootstrap.servers = "%s"
        [ingress]
        port = %d
        http-port = 0
        api-http-port = 0
        [worker]
        id = "contained"
        http-port = 0
        [[worker.capability]]
        name = "words"
        engine = "simulated"
        slots = 8
        """
        .formatted(bootstrapServers, port);
  }
}
