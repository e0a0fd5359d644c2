package io.anyserve.standalone;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.contracts.topic.TopicPartitioning;
import io.anyserve.ingress.IngressConfig;
import io.anyserve.metering.MeteringConfig;
import io.anyserve.metering.export.ExportConfig;
import io.anyserve.objects.ExpiryService;
import io.anyserve.objects.ObjectStoreConfig;
import io.anyserve.router.RouterConfig;
import io.anyserve.runtime.Config;
import io.anyserve.runtime.ConfigSection;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.trace.TracingConfig;
import io.anyserve.worker.CapabilityConfig;
import io.anyserve.worker.DeliveryConfig;
import io.anyserve.worker.WorkerConfig;
import io.anyserve.worker.consume.FetchMode;
import io.anyserve.worker.engine.EngineConfig;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the settings say to each service. Mistakes are collected while it is read; {@link #check}
 * throws them all.
 */
public final class ServiceConfigs {

  /** Where metering's own gRPC server listens unless told otherwise. */
  static final int METERING_GRPC = 7430;

  private static final Set<String> TABLES =
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
    String prefix = section.text("prefix", TopicNames.DEFAULT_PREFIX);
    this.topics = section.build(() -> new TopicNames(prefix), TopicNames.withDefaultPrefix());
    this.sizes =
        new TopicPartitioning(
            section.integer("token-partitions", TopicPartitioning.STANDALONE.tokens(), 1, MOST),
            section.integer("request-partitions", TopicPartitioning.STANDALONE.requests(), 1, MOST),
            section.integer("usage-partitions", TopicPartitioning.STANDALONE.usage(), 1, MOST),
            section.integer("quota-partitions", TopicPartitioning.STANDALONE.quotas(), 1, MOST),
            section.integer("replication", TopicPartitioning.STANDALONE.replication(), 1, 32));
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
    ConfigSection section = settings.section("objects");
    Optional<String> endpoint = section.optional("endpoint");
    String region = section.text("region", ObjectStoreConfig.DEFAULT_REGION);
    String bucket = section.text("bucket", ObjectStoreConfig.DEFAULT_BUCKET);
    String accessKey = section.text("access-key", "");
    String secretKey = section.text("secret-key", "");
    int threshold =
        section.integer("threshold", (int) ObjectStoreConfig.DEFAULT_THRESHOLD, 1, 1 << 20);
    int largest =
        section.integer(
            "max-object-bytes", (int) ObjectStoreConfig.DEFAULT_MAX_OBJECT_BYTES, 1, 1 << 30);
    Duration retention = section.duration("retention", ObjectStoreConfig.DEFAULT_RETENTION);
    var _ = sweepInterval();
    return endpoint.flatMap(
        address ->
            section.build(
                () ->
                    Optional.of(
                        new ObjectStoreConfig(
                            URI.create(address),
                            region,
                            bucket,
                            accessKey,
                            secretKey,
                            threshold,
                            largest,
                            retention)),
                Optional.empty()));
  }

  /** From the end of one search for expired objects to the beginning of the next. */
  public Duration sweepInterval() {
    ConfigSection section = settings.section("objects");
    Duration interval = section.duration("sweep-interval", ExpiryService.DEFAULT_INTERVAL);
    return section.build(
        () -> positive("sweep-interval", interval), ExpiryService.DEFAULT_INTERVAL);
  }

  private static Duration positive(String name, Duration value) {
    if (value.isZero()) {
      throw new IllegalArgumentException(name + ": 0 (expected: at least 1ms)");
    }
    return value;
  }

  /**
   * Also for metering, which has the same keys: the table's other settings are no mistake there.
   */
  public IngressConfig ingress(Optional<ObjectStoreConfig> store) {
    var _ = http("ingress", 0);
    return IngressConfig.read(settings, kafka, topics, store);
  }

  /** The router; requests can be asked for at that port unless the settings say another. */
  public RouterConfig router(int port) {
    ConfigSection section = settings.section("router");
    String instance = section.text("instance", hostName());
    Path state = Path.of(section.text("state-directory", ".anyserve/router"));
    Duration deadline = section.duration("asynchronous-deadline", RouterConfig.DEFAULT_DEADLINE);
    InetSocketAddress listen =
        new InetSocketAddress(
            section.text("host", RouterConfig.DEFAULT_HOST),
            section.integer("port", port, 0, 65_535));
    return section.build(
        () ->
            new RouterConfig(kafka, topics, instance, state, sizes.replication(), deadline, listen),
        RouterConfig.standalone(kafka, topics, state));
  }

  /**
   * Two routers of one name would fence each other; the host's name is the same after a restart.
   */
  private static String hostName() {
    return Optional.ofNullable(System.getenv("HOSTNAME")).orElse("router");
  }

  public MeteringConfig metering() {
    ConfigSection section = settings.section("metering");
    Path state = Path.of(section.text("state-directory", ".anyserve/metering"));
    InetSocketAddress listen = usage(METERING_GRPC);
    String host = section.text("advertised-host", listen.getHostString());
    int port = section.integer("advertised-port", listen.getPort(), 0, 65_535);
    return MeteringConfig.of(kafka, topics, state, sizes.replication()).at(host, port);
  }

  /** Where spans go; OpenTelemetry's own variable names the endpoint where the table does not. */
  public TracingConfig tracing() {
    return TracingConfig.read(
        settings.section("tracing"),
        Optional.ofNullable(System.getenv("OTEL_EXPORTER_OTLP_ENDPOINT")));
  }

  /** Whether workers say what they do under vLLM's names as well. */
  public boolean vllmMetrics() {
    return settings.section("metrics").flag("vllm", false);
  }

  /** Where ledger lines are handed on to. */
  public ExportConfig export() {
    return ExportConfig.read(settings.table("metering", "export"));
  }

  /** Where a service's metrics and health are served; port 0 for any free one. */
  public InetSocketAddress http(String service, int otherwise) {
    ConfigSection section = settings.section(service);
    return new InetSocketAddress(
        section.text("http-host", LOOPBACK), section.integer("http-port", otherwise, 0, 65_535));
  }

  /** Where metering's own gRPC server listens. */
  public InetSocketAddress usage(int otherwise) {
    ConfigSection section = settings.section("metering");
    return new InetSocketAddress(
        section.text("host", LOOPBACK), section.integer("port", otherwise, 0, 65_535));
  }

  /** Where metering answers over HTTP and serves the usage page. */
  public InetSocketAddress usageHttp(int otherwise) {
    ConfigSection section = settings.section("metering");
    return new InetSocketAddress(
        section.text("usage-http-host", LOOPBACK),
        section.integer("usage-http-port", otherwise, 0, 65_535));
  }

  public WorkerConfig worker() {
    ConfigSection section = settings.section("worker");
    String id = section.text("id", "worker-1");
    List<CapabilityConfig> capabilities =
        settings.tables("worker", "capability").stream().map(ServiceConfigs::capability).toList();
    int maxLoaded = section.integer("max-loaded", Math.max(1, capabilities.size()), 1, MOST);
    boolean create = section.flag("create-topics", true);
    DeliveryConfig delivery = delivery(section);
    WorkerConfig fallback =
        WorkerConfig.of(
            new WorkerId("worker"),
            topics,
            sizes,
            List.of(CapabilityConfig.of("none", new EngineConfig("none", "", 1, Map.of()))));
    return section.build(
        () ->
            new WorkerConfig(
                new WorkerId(id),
                topics,
                capabilities,
                maxLoaded,
                delivery,
                create ? Optional.of(sizes) : Optional.empty()),
        fallback);
  }

  private static DeliveryConfig delivery(ConfigSection section) {
    DeliveryConfig defaults = DeliveryConfig.DEFAULT;
    Duration lock = section.duration("lock", defaults.lock());
    int attempts = section.integer("attempts", defaults.attempts(), 1, MOST);
    Duration drain = section.duration("drain", defaults.drain());
    return section.build(() -> new DeliveryConfig(lock, attempts, drain), defaults);
  }

  /** Everything that is not named here is an option of the engine. */
  private static CapabilityConfig capability(ConfigSection section) {
    String name = section.required("name", "a capability");
    String kind = section.required("engine", "torch, simulated, ...");
    String model = section.text("model", name);
    int slots = section.integer("slots", 8, 1, 4096);
    Optional<FetchMode> fetchMode =
        section
            .optional("fetch-mode")
            .flatMap(
                text -> section.build(() -> Optional.of(FetchMode.of(text)), Optional.empty()));
    Map<String, String> options =
        section.rest(Set.of("name", "engine", "model", "slots", "fetch-mode"));
    return section.build(
        () ->
            new CapabilityConfig(
                new Capability(name), new EngineConfig(kind, model, slots, options), fetchMode),
        CapabilityConfig.of("none", new EngineConfig("none", "", 1, Map.of())));
  }
}
