package io.anyserve.chaos.cluster;

import io.anyserve.chaos.client.IngressAddress;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.contracts.topic.TopicSpec;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.TopicAdmin;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/**
 * All services as processes of their own, with proxies before the broker, the object store and the
 * ingresses, and between workers and routers. Whatever happens, closing it ends every process; so
 * does the end of this one.
 */
public final class ChaosCluster implements AutoCloseable {

  /** Without a word of a process that starts. */
  static final Duration PATIENCE = Duration.ofMinutes(4);

  private static final TopicNames TOPICS = TopicNames.withDefaultPrefix();

  private final ClusterComponents parts;
  private final Thread lastResort = new Thread(this::endAll, "end-children");

  private ChaosCluster(ClusterComponents parts) {
    this.parts = parts;
  }

  /** Writes the settings and opens the proxies; no process is started yet. */
  public static ChaosCluster in(ClusterComponents.Plan plan) throws IOException {
    return new ChaosCluster(ClusterComponents.lay(plan));
  }

  /** Returns when every service is ready. */
  public void start() throws IOException, InterruptedException {
    Runtime.getRuntime().addShutdownHook(lastResort);
    parts.ingressProxies().forEach(door -> door.forEach(TcpProxy::start));
    parts.workerProxies().forEach(toRouters -> toRouters.forEach(TcpProxy::start));
    parts.storeProxy().start();
    parts.brokerCluster().open();
    for (ServiceProcess broker : parts.brokers()) {
      broker.start();
    }
    parts.store().start();
    for (ServiceProcess broker : parts.brokers()) {
      broker.awaitReady(PATIENCE);
    }
    createTopics();
    parts.store().awaitReady(PATIENCE);
    List<ServiceProcess> services = services();
    for (ServiceProcess service : services) {
      service.start();
    }
    for (ServiceProcess service : services) {
      service.awaitReady(PATIENCE);
    }
  }

  private List<ServiceProcess> services() {
    return Stream.of(parts.workers(), parts.routers(), parts.metering(), parts.ingresses())
        .flatMap(List::stream)
        .toList();
  }

  private void createTopics() throws InterruptedException {
    TopicPartitioning sizes =
        new TopicPartitioning(parts.files().tokenPartitions(), ClusterFiles.REQUEST_PARTITIONS, 1);
    TopicCatalogue catalogue = new TopicCatalogue(TOPICS, sizes);
    List<TopicSpec> specs = new ArrayList<>(catalogue.fixed());
    specs.addAll(catalogue.of(new Capability("story")));
    try (Admin admin = kafka().newAdmin("chaos")) {
      new TopicAdmin(admin, parts.brokerCluster().replication()).create(specs);
    }
  }

  /** The way to the log that every service takes too. */
  public KafkaClients kafka() {
    return KafkaClients.of(parts.brokerCluster().bootstrapServers());
  }

  public TopicNames topics() {
    return TOPICS;
  }

  /** Of the proxies before the ingresses. */
  public List<IngressAddress> doors() {
    return parts.ingressProxies().stream()
        .map(door -> new IngressAddress(door.getFirst().port(), door.getLast().port()))
        .toList();
  }

  public ClusterComponents parts() {
    return parts;
  }

  /** Why the wall clocks cannot be set; empty where they can. */
  public Optional<String> noClock() {
    return parts.clock().isPresent()
        ? Optional.empty()
        : Optional.of("libfaketime is not installed");
  }

  /** What can be done to the brokers beside ending them, for people. */
  public String brokers() {
    return switch (parts.brokerCluster()) {
      case BrokerCluster.Single(_, _, BrokerDisk disk) -> "the broker's disk: " + disk.how();
      case BrokerCluster.Replicated(var processes, _, var network) ->
          processes.size()
              + (network.isPresent()
                  ? " brokers, each in a network namespace"
                  : " brokers without a network of their own: that needs root and iproute2");
    };
  }

  /** The proxy before the broker, where there is one broker. */
  public Optional<TcpProxy> brokerProxy() {
    return switch (parts.brokerCluster()) {
      case BrokerCluster.Single(_, TcpProxy proxy, _) -> Optional.of(proxy);
      case BrokerCluster.Replicated _ -> Optional.empty();
    };
  }

  /** Whether a broker can be cut off from everybody. */
  public boolean partitions() {
    return network().isPresent();
  }

  /** From now on nothing reaches the broker, and it reaches nothing. */
  public void cutOff(int broker) throws IOException {
    network().orElseThrow().cut(broker + 1);
  }

  public void reconnect(int broker) throws IOException {
    network().orElseThrow().mend(broker + 1);
  }

  private Optional<BrokerNetwork> network() {
    return switch (parts.brokerCluster()) {
      case BrokerCluster.Single _ -> Optional.empty();
      case BrokerCluster.Replicated(_, _, var network) -> network;
    };
  }

  /**
   * Returns when every broker has all records again, so that the next one may be missing.
   *
   * @throws IOException when they do not within minutes
   */
  public void awaitInSync() throws IOException {
    if (parts.brokerCluster().replication() > 1) {
      new ReplicaSync(kafka()).await(PATIENCE);
    }
  }

  /** Starts what has ended, and returns when it is ready. */
  public void restore(ServiceProcess child) throws IOException {
    if (!child.alive()) {
      child.start();
      child.awaitReady(PATIENCE);
    }
  }

  /** From now on nothing more fits on the broker's disk. */
  public void fillDisk() throws IOException {
    disk().fill(parts.brokers().getFirst());
  }

  public void freeDisk() throws IOException {
    disk().free();
  }

  private BrokerDisk disk() {
    return switch (parts.brokerCluster()) {
      case BrokerCluster.Single(_, _, BrokerDisk disk) -> disk;
      case BrokerCluster.Replicated _ ->
          throw new IllegalStateException("brokers: several (expected: one with a disk)");
    };
  }

  /** Ends a process and starts it with a clock that is that much ahead. */
  public void restart(ServiceProcess child, Duration ahead) throws IOException {
    child.terminate();
    child.start(parts.clock().map(clock -> clock.environment(ahead)).orElse(Map.of()));
    child.awaitReady(PATIENCE);
  }

  @Override
  public void close() {
    endAll();
    try {
      Runtime.getRuntime().removeShutdownHook(lastResort);
    } catch (IllegalStateException e) {
      // this process is ending: the hook runs
    }
  }

  /** SIGKILL also ends a process that is stopped. */
  private void endAll() {
    services().forEach(ServiceProcess::kill);
    parts.store().kill();
    parts.brokers().forEach(ServiceProcess::kill);
    parts.ingressProxies().forEach(door -> door.forEach(TcpProxy::close));
    parts.workerProxies().forEach(toRouters -> toRouters.forEach(TcpProxy::close));
    parts.storeProxy().close();
    try {
      parts.brokerCluster().close();
    } catch (IOException e) {
      System.getLogger(ChaosCluster.class.getName())
          .log(System.Logger.Level.WARNING, "the broker's volume or network is still there", e);
    }
  }
}
