package io.anyserve.ingress;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.ControlCommand;
import io.anyserve.ingress.admission.Admission;
import io.anyserve.ingress.admission.InputOffloader;
import io.anyserve.ingress.admission.RequestStamper;
import io.anyserve.ingress.admission.RequestValidator;
import io.anyserve.ingress.grpc.CapabilityService;
import io.anyserve.ingress.grpc.GrpcServer;
import io.anyserve.ingress.grpc.InferenceService;
import io.anyserve.ingress.grpc.ObjectService;
import io.anyserve.ingress.grpc.RequestOperations;
import io.anyserve.ingress.grpc.RouterClient;
import io.anyserve.ingress.grpc.TraceInterceptor;
import io.anyserve.ingress.kafka.ReplayService;
import io.anyserve.ingress.kafka.RequestPublisher;
import io.anyserve.ingress.kafka.TokenConsumerLoop;
import io.anyserve.ingress.kafka.TokenConsumerMetrics;
import io.anyserve.ingress.quota.QuotaAdmission;
import io.anyserve.ingress.response.AssignedPartitions;
import io.anyserve.ingress.response.ResponseMetrics;
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.ingress.response.ResumeTokenCodec;
import io.anyserve.ingress.response.StreamCallbacks;
import io.anyserve.objects.BlobStore;
import io.anyserve.objects.MinioBlobStore;
import io.anyserve.objects.ObjectStore;
import io.anyserve.objects.ObjectStoreConfig;
import io.anyserve.quota.QuotaStatus;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.ComponentGroup;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.auth.ApiKeys;
import io.anyserve.runtime.kafka.KafkaClients;
import io.anyserve.runtime.kafka.TopicTailer;
import io.anyserve.runtime.kafka.WorkerRegistry;
import io.anyserve.runtime.trace.Tracing;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.common.IsolationLevel;

/** One ingress: its parts, wired. */
public final class Ingress implements Component {

  /** Answers of more bytes do not fit into one message of an ordinary gRPC client. */
  private static final long ANSWER_THRESHOLD = 1 << 20;

  /** A record stays below Kafka's limit of 1 MiB, whatever else is in it. */
  private static final int MOST_IN_RECORD = 768 << 10;

  private static final int MESSAGE_OVERHEAD = 1 << 20;
  private static final int RANDOM_KEY_BYTES = 32;

  private final InstantSource clock = InstantSource.system();
  private final IngressConfig settings;
  private final WorkerRegistry registry = new WorkerRegistry(clock);
  private final AssignedPartitions partitions = new AssignedPartitions();
  private final Optional<BlobStore> bucket;
  private final Optional<ObjectStore> store;
  private final String name;
  private final Tracing tracing;
  private final RequestPublisher log;
  private final QuotaAdmission quotas;
  private final ReplayService replay;
  private final RouterClient router;
  private final ResponseStreams replies;
  private final GrpcServer server;
  private final ComponentGroup parts;

  /**
   * Inert until started.
   *
   * @param more services for the same server, behind the same keys
   */
  public Ingress(
      IngressConfig settings, MeterRegistry meters, List<? extends BindableService> more) {
    this(settings, meters, more, Optional.empty());
  }

  /**
   * Inert until started.
   *
   * @param router where the router listens, where the settings do not say it, such as in this
   *     process; called once, at the first question
   */
  public Ingress(
      IngressConfig settings,
      MeterRegistry meters,
      List<? extends BindableService> more,
      Optional<Supplier<InetSocketAddress>> router) {
    this(settings, meters, more, router, Tracing.OFF);
  }

  /** As the others, with spans for calls and for what is sent. */
  public Ingress(
      IngressConfig settings,
      MeterRegistry meters,
      List<? extends BindableService> more,
      Optional<Supplier<InetSocketAddress>> router,
      Tracing tracing) {
    this.settings = settings;
    this.tracing = tracing;
    this.name = settings.log().instance() + "-" + UUID.randomUUID();
    this.bucket = settings.store().map(MinioBlobStore::of);
    this.store = bucket.map(found -> objects(found, settings.store().orElseThrow()));
    this.log = requestLog();
    this.quotas = quotas();
    this.replay = replay();
    this.router =
        new RouterClient(settings.router().map(Ingress::at).or(() -> router).map(Ingress::connect));
    this.replies = replies(meters);
    TimeGauge.builder(
            "anyserve.ingress.requests.oldest.age",
            replies,
            TimeUnit.NANOSECONDS,
            ResponseStreams::oldestAge)
        .description("Since the oldest request in flight came, 0 where none is")
        .register(meters);
    this.server = server(more);
    List<Component> all =
        new ArrayList<>(
            List.of(
                workers(meters), log, quotas, replay, this.router, control(), listener(meters)));
    bucket.ifPresent(found -> all.add(new ObjectStoreHealth(found)));
    all.add(server);
    this.parts = new ComponentGroup(all);
  }

  private ObjectStore objects(BlobStore in, ObjectStoreConfig how) {
    return new ObjectStore(in, how.maxObjectBytes(), how.retention(), clock);
  }

  private RequestPublisher requestLog() {
    KafkaClients kafka = settings.log().kafka();
    return new RequestPublisher(
        () -> kafka.newProducer(clientId(), RequestPublisher.PRODUCER_SETTINGS),
        settings.log().topics(),
        registry::live,
        tracing);
  }

  private QuotaAdmission quotas() {
    return new QuotaAdmission(
        settings.quota(),
        settings.log().kafka(),
        settings.log().topics(),
        log,
        registry,
        new QuotaAdmission.Clocks(
            clock, System::nanoTime, () -> ThreadLocalRandom.current().nextLong()));
  }

  private ResponseStreams replies(MeterRegistry meters) {
    return new ResponseStreams(
        settings.limits().replies(),
        new ResponseMetrics(meters),
        new StreamCallbacks(
            (request, reason) -> log.cancel(request, reason, ignored -> {}),
            request -> log.takeOver(request, name),
            replay::add,
            quotas),
        partitions,
        new ResumeTokenCodec(resumeKey()),
        System::nanoTime);
  }

  private ReplayService replay() {
    KafkaClients kafka = settings.log().kafka();
    return new ReplayService(
        () ->
            kafka.newAssignedConsumer(
                clientId() + "-replay",
                IsolationLevel.READ_UNCOMMITTED,
                ReplayService.CONSUMER_SETTINGS),
        settings.log().topics().tokens(),
        partitions);
  }

  private static Supplier<InetSocketAddress> at(IngressConfig.Address named) {
    return () -> new InetSocketAddress(named.host(), named.port());
  }

  private static Supplier<ManagedChannel> connect(Supplier<InetSocketAddress> router) {
    return () -> {
      InetSocketAddress to = router.get();
      return NettyChannelBuilder.forAddress(to.getHostString(), to.getPort())
          .usePlaintext()
          .build();
    };
  }

  /** Tells the replies whom other ingresses feed from now on. */
  private Component control() {
    return new TopicTailer(
        settings.log().kafka(),
        settings.log().topics().control(),
        TopicTailer.From.END,
        record -> {
          if (WorkerCodec.decodeCommand(record.value())
                  instanceof ControlCommand.TakeOverStream(RequestId request, String ingress)
              && !ingress.equals(name)) {
            replies.takenOverElsewhere(request);
          }
        });
  }

  private Component workers(MeterRegistry meters) {
    return new TopicTailer(
        settings.log().kafka(),
        settings.log().topics().workers(),
        TopicTailer.From.BEGINNING,
        new WorkerMetrics(registry, meters)::read);
  }

  private Component listener(MeterRegistry meters) {
    KafkaClients kafka = settings.log().kafka();
    return new TokenConsumerLoop(
        () ->
            kafka.newAssignedConsumer(
                clientId(), IsolationLevel.READ_UNCOMMITTED, TokenConsumerLoop.CONSUMER_SETTINGS),
        new TokenConsumerLoop.Place(
            settings.log().topics().tokens(),
            settings.log().instance(),
            settings.log().replyPartitions()),
        replies,
        partitions,
        new TokenConsumerMetrics(meters),
        System::nanoTime);
  }

  private GrpcServer server(List<? extends BindableService> more) {
    List<ServerServiceDefinition> services = new ArrayList<>();
    services.add(traced(inference().definition()));
    services.add(new ObjectService(store, clock).bindService());
    services.add(new CapabilityService(registry).bindService());
    more.forEach(service -> services.add(service.bindService()));
    return new GrpcServer(
        new GrpcServer.Endpoint(
            new InetSocketAddress(settings.listen().host(), settings.listen().port()),
            settings.limits().inputBytes() + MESSAGE_OVERHEAD,
            settings.listen().drain()),
        new ApiKeys(settings.access().keys()),
        services,
        replies::stopAccepting,
        replies::detachAll);
  }

  private ServerServiceDefinition traced(ServerServiceDefinition service) {
    return tracing.on()
        ? ServerInterceptors.intercept(service, new TraceInterceptor(tracing))
        : service;
  }

  private InferenceService inference() {
    InputOffloader answers = payloads(ANSWER_THRESHOLD);
    return new InferenceService(
        admission(),
        answers,
        replies,
        settings.limits().waits(),
        new RequestOperations(replies, log, router));
  }

  private Admission admission() {
    int limit = settings.limits().inputBytes();
    return new Admission(
        new RequestValidator(store.isPresent() ? limit : Math.min(limit, MOST_IN_RECORD)),
        new RequestStamper(
            clock, () -> ThreadLocalRandom.current().nextLong(), settings.limits().waits()),
        payloads(settings.store().map(ObjectStoreConfig::threshold).orElse(0L)),
        replies,
        log,
        quotas);
  }

  private InputOffloader payloads(long threshold) {
    return store
        .map(found -> InputOffloader.stored(found, threshold))
        .orElseGet(InputOffloader::inlineOnly);
  }

  private byte[] resumeKey() {
    return settings
        .access()
        .resumeKey()
        .map(key -> key.getBytes(UTF_8))
        .orElseGet(Ingress::randomKey);
  }

  private static byte[] randomKey() {
    byte[] key = new byte[RANDOM_KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return key;
  }

  private String clientId() {
    return "ingress-" + settings.log().instance();
  }

  /**
   * The quotas of a tenant now.
   *
   * @throws io.anyserve.contracts.FailureException BROKER_UNAVAILABLE while nobody can know
   */
  public QuotaStatus quotas(TenantId tenant) {
    return quotas.view(tenant);
  }

  /** Where it listens; the real port once started. */
  public InetSocketAddress address() {
    return server.address();
  }

  @Override
  public void start() throws Exception {
    parts.start();
  }

  @Override
  public Health health() {
    return parts.health();
  }

  /** What keeps it from being ready; empty when nothing does. */
  public List<Health.Down> notReadyReasons() {
    return parts.notReadyReasons();
  }

  @Override
  public void close() {
    parts.close();
  }
}
