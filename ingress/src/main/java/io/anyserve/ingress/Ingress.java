package io.anyserve.ingress;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.ControlCommand;
import io.anyserve.ingress.admission.Admission;
import io.anyserve.ingress.admission.Arrivals;
import io.anyserve.ingress.admission.Payloads;
import io.anyserve.ingress.admission.RequestReader;
import io.anyserve.ingress.grpc.CapabilityService;
import io.anyserve.ingress.grpc.GrpcServer;
import io.anyserve.ingress.grpc.InferenceService;
import io.anyserve.ingress.grpc.ObjectService;
import io.anyserve.ingress.grpc.RequestDesk;
import io.anyserve.ingress.grpc.RouterClient;
import io.anyserve.ingress.grpc.TraceInterceptor;
import io.anyserve.ingress.log.ListenerMeters;
import io.anyserve.ingress.log.Replay;
import io.anyserve.ingress.log.RequestLog;
import io.anyserve.ingress.log.TokenListener;
import io.anyserve.ingress.quota.QuotaGate;
import io.anyserve.ingress.reply.Effects;
import io.anyserve.ingress.reply.Replies;
import io.anyserve.ingress.reply.ReplyMeters;
import io.anyserve.ingress.reply.ReplyPartitions;
import io.anyserve.ingress.reply.ResumeTokens;
import io.anyserve.objects.Bucket;
import io.anyserve.objects.MinioBucket;
import io.anyserve.objects.ObjectStore;
import io.anyserve.objects.ObjectStoreSettings;
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
  private final IngressSettings settings;
  private final WorkerRegistry registry = new WorkerRegistry(clock);
  private final ReplyPartitions partitions = new ReplyPartitions();
  private final Optional<Bucket> bucket;
  private final Optional<ObjectStore> store;
  private final String name;
  private final Tracing tracing;
  private final RequestLog log;
  private final QuotaGate quotas;
  private final Replay replay;
  private final RouterClient router;
  private final Replies replies;
  private final GrpcServer server;
  private final ComponentGroup parts;

  /**
   * Inert until started.
   *
   * @param more services for the same server, behind the same keys
   */
  public Ingress(
      IngressSettings settings, MeterRegistry meters, List<? extends BindableService> more) {
    this(settings, meters, more, Optional.empty());
  }

  /**
   * Inert until started.
   *
   * @param router where the router listens, where the settings do not say it, such as in this
   *     process; called once, at the first question
   */
  public Ingress(
      IngressSettings settings,
      MeterRegistry meters,
      List<? extends BindableService> more,
      Optional<Supplier<InetSocketAddress>> router) {
    this(settings, meters, more, router, Tracing.OFF);
  }

  /** As the others, with spans for calls and for what is sent. */
  public Ingress(
      IngressSettings settings,
      MeterRegistry meters,
      List<? extends BindableService> more,
      Optional<Supplier<InetSocketAddress>> router,
      Tracing tracing) {
    this.settings = settings;
    this.tracing = tracing;
    this.name = settings.log().instance() + "-" + UUID.randomUUID();
    this.bucket = settings.store().map(MinioBucket::of);
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
            Replies::oldestAge)
        .description("Since the oldest request in flight came, 0 where none is")
        .register(meters);
    this.server = server(more);
    List<Component> all =
        new ArrayList<>(
            List.of(
                workers(meters), log, quotas, replay, this.router, control(), listener(meters)));
    bucket.ifPresent(found -> all.add(new StoreWatch(found)));
    all.add(server);
    this.parts = new ComponentGroup(all);
  }

  private ObjectStore objects(Bucket in, ObjectStoreSettings how) {
    return new ObjectStore(in, how.maxObjectBytes(), how.retention(), clock);
  }

  private RequestLog requestLog() {
    KafkaClients kafka = settings.log().kafka();
    return new RequestLog(
        () -> kafka.newProducer(clientId(), RequestLog.PRODUCER_SETTINGS),
        settings.log().topics(),
        registry::live,
        tracing);
  }

  private QuotaGate quotas() {
    return new QuotaGate(
        settings.quota(),
        settings.log().kafka(),
        settings.log().topics(),
        log,
        registry,
        new QuotaGate.Clocks(
            clock, System::nanoTime, () -> ThreadLocalRandom.current().nextLong()));
  }

  private Replies replies(MeterRegistry meters) {
    return new Replies(
        settings.limits().replies(),
        new ReplyMeters(meters),
        new Effects(
            (request, reason) -> log.cancel(request, reason, ignored -> {}),
            request -> log.adopt(request, name),
            replay::add,
            quotas),
        partitions,
        new ResumeTokens(resumeKey()),
        System::nanoTime);
  }

  private Replay replay() {
    KafkaClients kafka = settings.log().kafka();
    return new Replay(
        () ->
            kafka.newAssignedConsumer(
                clientId() + "-replay", IsolationLevel.READ_UNCOMMITTED, Replay.CONSUMER_SETTINGS),
        settings.log().topics().tokens(),
        partitions);
  }

  private static Supplier<InetSocketAddress> at(IngressSettings.Address named) {
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
            replies.adoptedElsewhere(request);
          }
        });
  }

  private Component workers(MeterRegistry meters) {
    return new TopicTailer(
        settings.log().kafka(),
        settings.log().topics().workers(),
        TopicTailer.From.BEGINNING,
        new FleetMeters(registry, meters)::read);
  }

  private Component listener(MeterRegistry meters) {
    KafkaClients kafka = settings.log().kafka();
    return new TokenListener(
        () ->
            kafka.newAssignedConsumer(
                clientId(), IsolationLevel.READ_UNCOMMITTED, TokenListener.CONSUMER_SETTINGS),
        new TokenListener.Place(
            settings.log().topics().tokens(),
            settings.log().instance(),
            settings.log().replyPartitions()),
        replies,
        partitions,
        new ListenerMeters(meters),
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
        replies::stopIntake,
        replies::releaseAll);
  }

  private ServerServiceDefinition traced(ServerServiceDefinition service) {
    return tracing.on()
        ? ServerInterceptors.intercept(service, new TraceInterceptor(tracing))
        : service;
  }

  private InferenceService inference() {
    Payloads answers = payloads(ANSWER_THRESHOLD);
    return new InferenceService(
        admission(),
        answers,
        replies,
        settings.limits().waits(),
        new RequestDesk(replies, log, router));
  }

  private Admission admission() {
    int limit = settings.limits().inputBytes();
    return new Admission(
        new RequestReader(store.isPresent() ? limit : Math.min(limit, MOST_IN_RECORD)),
        new Arrivals(
            clock, () -> ThreadLocalRandom.current().nextLong(), settings.limits().waits()),
        payloads(settings.store().map(ObjectStoreSettings::threshold).orElse(0L)),
        replies,
        log,
        quotas);
  }

  private Payloads payloads(long threshold) {
    return store.map(found -> Payloads.stored(found, threshold)).orElseGet(Payloads::inlineOnly);
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
