package io.anyserve.standalone;

import io.anyserve.contracts.Priority;
import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.ingress.IngressConfig;
import io.anyserve.metering.MeteringConfig;
import io.anyserve.metering.export.ExportConfig;
import io.anyserve.metering.http.ChatLink;
import io.anyserve.objects.ObjectStoreConfig;
import io.anyserve.router.RouterConfig;
import io.anyserve.runtime.Config;
import io.anyserve.runtime.ConfigSection;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.trace.TracingConfig;
import io.anyserve.standalone.SingleService.Service;
import io.anyserve.worker.WorkerConfig;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What the settings say to each service. Mistakes are collected while it is read; {@link #check}
 * throws them all.
 */
public final class ServiceConfigs {

  /** Default ports of the gRPC servers of router and metering. */
  static final int ROUTER_GRPC = 7420;

  static final int METERING_GRPC = 7430;

  /** The tables that a file may have; others are refused. */
  public static final Set<String> TABLES =
      Set.of(
          "kafka",
          "topics",
          "objects",
          "ingress",
          "quota",
          "router",
          "worker",
          "metering",
          "tracing",
          "metrics");

  private static final int MOST = 1_000_000;
  private static final String LOOPBACK = "127.0.0.1";

  private final Config settings;
  private final KafkaClients kafka;
  private final TopicNames topics;
  private final TopicPartitioning sizes;

  public ServiceConfigs(Config settings) {
    this.settings = settings;
    ConfigSection passed = settings.section("kafka");
    this.kafka =
        passed.build(() -> new KafkaClients(passed.passThrough()), KafkaClients.of("none:0"));
    ConfigSection section = settings.section("topics");
    String prefix =
        section.text("prefix", TopicNames.DEFAULT_PREFIX, "Prefix of the names of all topics.");
    this.topics = section.build(() -> new TopicNames(prefix), TopicNames.withDefaultPrefix());
    TopicPartitioning usual = TopicPartitioning.STANDALONE;
    this.sizes =
        new TopicPartitioning(
            partitions(section, "token-partitions", usual.tokens(), "`tokens`"),
            partitions(section, "request-partitions", usual.requests(), "each `requests.*`"),
            partitions(section, "usage-partitions", usual.usage(), "`usage` and `conversations`"),
            partitions(section, "quota-partitions", usual.quotas(), "`quotas`"),
            section.integer(
                "replication",
                usual.replication(),
                1,
                32,
                "Replicas of topics at their creation."));
  }

  private static int partitions(ConfigSection section, String key, int otherwise, String topic) {
    return section.integer(key, otherwise, 1, MOST, "Partitions of " + topic + " at its creation.");
  }

  /** Throws every mistake found so far, and keys that nobody reads. */
  public void check() {
    settings.check(TABLES);
  }

  public KafkaClients kafka() {
    return kafka;
  }

  public TopicNames topics() {
    return topics;
  }

  public TopicPartitioning sizes() {
    return sizes;
  }

  /** Empty where the file has no endpoint: large payloads are refused then. */
  public Optional<ObjectStoreConfig> objects() {
    return new ObjectStoreConfigReader(settings.section("objects")).read();
  }

  /** From the end of one search for expired objects to the beginning of the next. */
  public Duration sweepInterval() {
    return new ObjectStoreConfigReader(settings.section("objects")).sweepInterval();
  }

  /**
   * Also for metering, which has the same keys: the table's other settings are no mistake there.
   */
  public IngressConfig ingress(Optional<ObjectStoreConfig> store) {
    IngressConfig ingress = IngressConfig.read(settings, kafka, topics, store);
    var _ = http(Service.INGRESS);
    return ingress;
  }

  /** The router; requests can be asked for at that port unless the settings say another. */
  public RouterConfig router(int port) {
    ConfigSection section = settings.section("router");
    String instance =
        section
            .optional(
                "instance",
                "`HOSTNAME`, else `router`",
                "Name of the router; different for each, the same after a restart.")
            // Two routers of one name would fence each other.
            .orElseGet(() -> settings.hostName().orElse("router"));
    Path state = stateDirectory(section, ".anyserve/router");
    Duration deadline =
        section.duration(
            "asynchronous-deadline",
            RouterConfig.DEFAULT_DEADLINE,
            Duration.ofMillis(1),
            TopicCatalogue.longestDeadline(Priority.BATCH),
            "Deadline of an asynchronous request that sets none.");
    InetSocketAddress listen = grpc(section, RouterConfig.DEFAULT_HOST, port);
    return section.build(
        () ->
            new RouterConfig(kafka, topics, instance, state, sizes.replication(), deadline, listen),
        RouterConfig.standalone(kafka, topics, state));
  }

  private static Path stateDirectory(ConfigSection section, String otherwise) {
    return Path.of(
        section.text("state-directory", otherwise, "Directory of the local state of its streams."));
  }

  private static InetSocketAddress grpc(ConfigSection section, String host, int port) {
    return new InetSocketAddress(
        section.text("host", host, "Address that the gRPC server listens on."),
        section.integer("port", port, 0, 65_535, "Port of the gRPC server; 0 for any free one."));
  }

  public MeteringConfig metering() {
    ConfigSection section = settings.section("metering");
    Path state = stateDirectory(section, ".anyserve/metering");
    InetSocketAddress listen = usage(METERING_GRPC);
    String host =
        section
            .optional(
                "advertised-host",
                "`HOSTNAME` where `host` stands for all addresses, else `host`",
                "Host at which other metering instances reach this.")
            .orElseGet(() -> reachable(listen));
    int port =
        section
            .optionalInteger(
                "advertised-port",
                "`port`",
                0,
                65_535,
                "Port at which other metering instances reach this.")
            .orElseGet(listen::getPort);
    return MeteringConfig.of(kafka, topics, state, sizes.replication()).at(host, port);
  }

  /** A name by which other machines know the address. */
  private String reachable(InetSocketAddress listen) {
    String host = listen.getHostString();
    boolean all = listen.getAddress() != null && listen.getAddress().isAnyLocalAddress();
    return all ? settings.hostName().orElse(host) : host;
  }

  /** Where spans go; OpenTelemetry's own variable names the endpoint where the table does not. */
  public TracingConfig tracing() {
    return TracingConfig.read(
        settings.section("tracing"),
        Optional.ofNullable(System.getenv("OTEL_EXPORTER_OTLP_ENDPOINT")));
  }

  /** Whether workers say what they do under vLLM's names as well. */
  public boolean vllmMetrics() {
    return settings
        .section("metrics")
        .flag("vllm", false, "Whether workers also publish their metrics under vLLM's names.");
  }

  /** Where ledger entries are exported to. */
  public ExportConfig export() {
    return ExportConfig.read(settings.table("metering", "export"));
  }

  /** Where a service's metrics and health are served. */
  public InetSocketAddress http(Service service) {
    return http(service, service.httpPort());
  }

  /** Where they are served unless the settings say another port; 0 for any free one. */
  InetSocketAddress http(Service service, int otherwise) {
    ConfigSection section = settings.section(service.table());
    return new InetSocketAddress(
        section.text("http-host", LOOPBACK, "Address that serves metrics and health over HTTP."),
        section.integer(
            "http-port", otherwise, 0, 65_535, "Port of metrics and health; 0 for any free one."));
  }

  /** Where metering's own gRPC server listens. */
  public InetSocketAddress usage(int otherwise) {
    return grpc(settings.section("metering"), LOOPBACK, otherwise);
  }

  /** Where metering answers over HTTP and serves the usage page. */
  public InetSocketAddress usageHttp(int otherwise) {
    ConfigSection section = settings.section("metering");
    return new InetSocketAddress(
        section.text(
            "usage-http-host", LOOPBACK, "Address of the usage API over HTTP and the usage page."),
        section.integer(
            "usage-http-port", otherwise, 0, 65_535, "Port of the usage API and the usage page."));
  }

  /** The chat page, to which the usage page links. */
  public Optional<ChatLink> chatPage() {
    ConfigSection section = settings.section("metering");
    Optional<String> address =
        section.optional(
            "chat-url",
            "none",
            "Address of the chat page, to which the usage page links; `up` sets it.");
    return section.build(
        () -> address.map(URI::create).map(ChatLink::new), Optional.<ChatLink>empty());
  }

  public WorkerConfig worker() {
    return WorkerConfigReader.read(settings, topics, sizes);
  }
}
