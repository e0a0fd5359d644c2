package io.anyserve.embedded;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server;
import kafka.server.SharedServer;
import kafka.server.StandardFaultHandlerFactory;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.controller.ControllerRequestContext;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.server.ServerSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka controller and broker, composed as {@code KafkaRaftServer} does, with one step more:
 * where the previous broker died, its registration is removed before the next one registers, so
 * nobody waits for the end of its session. In a cluster the others end it. Started and shut down by
 * one thread at a time.
 */
final class CombinedServer {

  private static final Logger LOG = LoggerFactory.getLogger(CombinedServer.class);
  private static final String LOG_PREFIX = "[CombinedServer] ";

  private final ClusterNode node;
  private final KafkaConfig config;
  private final SharedServer shared;
  private final BrokerServer broker;
  private final ControllerServer controller;

  private CombinedServer(
      ClusterNode node,
      KafkaConfig config,
      SharedServer shared,
      BootstrapMetadata bootstrapMetadata) {
    this.node = node;
    this.config = config;
    this.shared = shared;
    this.broker = new BrokerServer(shared);
    this.controller =
        new ControllerServer(shared, KafkaRaftServer.configSchema(), bootstrapMetadata);
  }

  /** Reads the formatted directory; {@link #startup} starts the threads. */
  static CombinedServer of(BrokerConfig settings) {
    var config = new KafkaConfig(settings.toMap(), false);
    var found = KafkaRaftServer.initializeLogDirs(config, LOG, LOG_PREFIX);
    MetaPropertiesEnsemble properties = found._1();
    Metrics metrics =
        Server.initializeMetrics(config, Time.SYSTEM, properties.clusterId().orElseThrow());
    var shared =
        new SharedServer(
            config,
            properties,
            Time.SYSTEM,
            metrics,
            CompletableFuture.completedFuture(
                QuorumConfig.parseVoterConnections(config.quorumConfig().voters())),
            List.of(),
            new StandardFaultHandlerFactory(),
            ServerSocketFactory.INSTANCE);
    return new CombinedServer(settings.node(), config, shared, found._2());
  }

  /** Returns when the broker serves clients. After an exception {@link #shutdown} is still due. */
  void startup() {
    controller.startup();
    if (node.isAlone()) {
      removeRegistrationOfDeadBroker();
    }
    broker.startup();
  }

  /** Idempotent. The broker goes first: its orderly end needs the controller. */
  void shutdown() {
    broker.shutdown();
    controller.shutdown();
  }

  void awaitShutdown() {
    broker.awaitShutdown();
    controller.awaitShutdown();
  }

  private void removeRegistrationOfDeadBroker() {
    var watch = new RegistrationWatch(node.id(), controller.incarnationId());
    finish(shared.loader().installPublishers(List.of(watch)));
    if (finish(watch.deadBrokerFound())) {
      LOG.info("the previous broker did not shut down; its registration is removed");
      finish(controller.controller().unregisterBroker(anonymous(), node.id()));
    }
    finish(shared.loader().removeAndClosePublisher(watch));
  }

  private static ControllerRequestContext anonymous() {
    return new ControllerRequestContext(
        new RequestHeaderData(), KafkaPrincipal.ANONYMOUS, OptionalLong.empty());
  }

  private <T> T finish(CompletableFuture<T> future) {
    try {
      return future.get(config.serverMaxStartupTimeMs(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "the controller did not answer within " + config.serverMaxStartupTimeMs() + " ms", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "the registration of the previous broker was not removed: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the controller started", e);
    }
  }
}
