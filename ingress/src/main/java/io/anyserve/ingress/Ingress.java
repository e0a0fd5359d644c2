package io.anyserve.ingress;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.TenantId;
import io.anyserve.ingress.admission.AdmissionPolicy;
import io.anyserve.ingress.admission.KeyConcurrency;
import io.anyserve.ingress.chat.Chat;
import io.anyserve.ingress.connection.GradualRelease;
import io.anyserve.ingress.description.ApiDescription;
import io.anyserve.ingress.embeddings.EmbeddingsHandler;
import io.anyserve.ingress.grpc.ConversationClient;
import io.anyserve.ingress.grpc.GrpcServer;
import io.anyserve.ingress.http.CompletionsHandler;
import io.anyserve.ingress.http.HttpRoutes;
import io.anyserve.ingress.http.HttpServer;
import io.anyserve.ingress.http.ModelsHandler;
import io.anyserve.ingress.http.OperationsHandler;
import io.anyserve.ingress.http.RouteGroup;
import io.anyserve.ingress.http.StreamsHandler;
import io.anyserve.ingress.http.TokenizationHandler;
import io.anyserve.ingress.openai.ModelInfo;
import io.anyserve.ingress.page.PageHandler;
import io.anyserve.ingress.page.SystemHandler;
import io.anyserve.ingress.quota.PriceTable;
import io.anyserve.ingress.quota.QuotaAdmission;
import io.anyserve.ingress.quota.TokenEstimator;
import io.anyserve.ingress.response.RequestLifecycleListener;
import io.anyserve.ingress.response.ResponseMetrics;
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.ingress.response.ResumeTokenCodec;
import io.anyserve.ingress.response.StreamCallbacks;
import io.anyserve.ingress.responses.ResponseRoutes;
import io.anyserve.objects.BlobStore;
import io.anyserve.objects.MinioBlobStore;
import io.anyserve.objects.ObjectStore;
import io.anyserve.objects.ObjectStoreConfig;
import io.anyserve.objects.ObjectStoreHealth;
import io.anyserve.quota.QuotaStatus;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.ComponentGroup;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.auth.ApiKeys;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** One ingress: its components, wired. */
public final class Ingress implements Component {

  private static final int RANDOM_KEY_BYTES = 32;

  /** Longer than a broker and then a router take to be replaced. */
  private static final Duration ADDING_ANSWERS = Duration.ofMinutes(2);

  private final QuotaAdmission quotas;
  private final ApiKeys keys;
  private final GrpcServer server;
  private final HttpServer http;
  private final ComponentGroup components;

  /** Inert until started. */
  public Ingress(IngressConfig settings, IngressEnvironment environment) {
    var kafka = new KafkaComponents(settings.log(), environment);
    this.quotas = quotas(settings, environment, kafka);
    var concurrency = new KeyConcurrency(kafka.keys().keys(), quotas);
    ResponseStreams streams = streams(settings, environment.meters(), kafka, concurrency);
    AdmissionPolicy policy =
        concurrency.policy(quotas, request -> streams.find(request).isPresent());
    Optional<BlobStore> bucket = settings.store().map(MinioBlobStore::of);
    Optional<ObjectStore> store =
        bucket.map(found -> objects(found, settings.store().orElseThrow(), environment));
    var grpc = new GrpcComponents(settings, environment, kafka, streams, policy, store);
    this.keys = grpc.keys();
    this.server = grpc.server();
    List<Component> all =
        new ArrayList<>(
            List.of(
                kafka.keys(),
                kafka.workerTailer(),
                kafka.publisher(),
                kafka.priceTailer(),
                quotas,
                kafka.replay(),
                grpc.router(),
                kafka.takeOverTailer(streams),
                kafka.tokenConsumer(streams)));
    bucket.map(ObjectStoreHealth::new).ifPresent(all::add);
    grpc.tls().ifPresent(all::add);
    this.http = http(settings, environment, kafka, streams, grpc);
    all.add(http);
    all.add(server);
    this.components = new ComponentGroup(all);
  }

  private static QuotaAdmission quotas(
      IngressConfig settings, IngressEnvironment environment, KafkaComponents kafka) {
    return new QuotaAdmission(
        settings.quota(),
        settings.log().kafka(),
        settings.log().topics(),
        kafka.publisher(),
        new PriceTable(kafka.workers(), kafka.prices()),
        new QuotaAdmission.Clocks(
            environment.clock(), System::nanoTime, () -> ThreadLocalRandom.current().nextLong()));
  }

  private static ResponseStreams streams(
      IngressConfig settings,
      MeterRegistry meters,
      KafkaComponents kafka,
      RequestLifecycleListener departures) {
    var streams =
        new ResponseStreams(
            settings.limits().streams(),
            new ResponseMetrics(meters),
            new StreamCallbacks(
                (request, reason) -> kafka.publisher().cancel(request, reason, _ -> {}),
                kafka::takeOver,
                kafka.replay()::add,
                departures),
            kafka.partitions(),
            new ResumeTokenCodec(resumeKey(settings.access())),
            System::nanoTime);
    TimeGauge.builder(
            "anyserve.ingress.requests.oldest.age",
            streams,
            TimeUnit.NANOSECONDS,
            ResponseStreams::oldestAge)
        .description("Since the oldest request in flight came, 0 where none is")
        .register(meters);
    return streams;
  }

  private static HttpServer http(
      IngressConfig settings,
      IngressEnvironment environment,
      KafkaComponents kafka,
      ResponseStreams streams,
      GrpcComponents grpc) {
    ListenConfig.ApiHttp listen = settings.listen().http();
    int mostBytes = settings.limits().inputBytes() + HttpServer.BODY_OVERHEAD;
    var models = new ModelsHandler(kafka.workers()::live);
    var tokenization =
        new TokenizationHandler(grpc.admission(), models::find, environment.clock(), mostBytes);
    var routes =
        new HttpRoutes(
            new ApiDescription(settings.limits().caps()),
            models,
            new CompletionsHandler(grpc.admission(), environment.clock(), mostBytes),
            new StreamsHandler(streams, settings.limits().waits(), environment.clock()),
            List.of(
                new OperationsHandler(environment.process()),
                tokenization,
                new EmbeddingsHandler(
                    grpc.admission(), models::find, environment.clock(), mostBytes),
                chat(settings, environment, kafka, streams, grpc),
                responses(settings, environment, kafka, streams, grpc, tokenization),
                new PageHandler(),
                new SystemHandler(kafka.workers()::live, streams, settings.page())));
    return new HttpServer(
        new HttpServer.Endpoint(
            new InetSocketAddress(listen.host(), listen.port()),
            settings.listen().drain(),
            HttpServer.Timeouts.DEFAULT,
            grpc.tls()),
        grpc.access(),
        listen.web(),
        routes,
        streams::stopAccepting,
        new GradualRelease(streams::detachPortion));
  }

  private static RouteGroup chat(
      IngressConfig settings,
      IngressEnvironment environment,
      KafkaComponents kafka,
      ResponseStreams streams,
      GrpcComponents grpc) {
    return Chat.routes(
        new ConversationClient(grpc.router()),
        new Chat.Requests(grpc.admission(), streams, grpc::stop, grpc.operations()::cancel),
        new Chat.Models(
            kafka.workers()::live, new TokenEstimator(settings.quota().bytesPerToken())),
        kafka.prices(),
        grpc.keys(),
        new Chat.Clocks(
            settings.limits().waits().most(),
            ADDING_ANSWERS,
            environment.clock(),
            System::nanoTime));
  }

  private static ResponseRoutes responses(
      IngressConfig settings,
      IngressEnvironment environment,
      KafkaComponents kafka,
      ResponseStreams streams,
      GrpcComponents grpc,
      TokenizationHandler tokenization) {
    return new ResponseRoutes(
        new ResponseRoutes.Backend(grpc.admission(), streams, kafka.publisher(), grpc.router()),
        tokenization,
        new ResponseRoutes.Limits(
            settings.limits().inputBytes() + HttpServer.BODY_OVERHEAD,
            settings.limits().waits(),
            settings.quota().bytesPerToken()),
        model ->
            ModelInfo.of(kafka.workers().live()).stream()
                .filter(offered -> offered.id().equals(model))
                .mapToInt(ModelInfo::contextLength)
                .findFirst()
                .orElse(0),
        environment.clock());
  }

  private static byte[] resumeKey(AccessConfig access) {
    return access.resumeKey().map(key -> key.getBytes(UTF_8)).orElseGet(Ingress::randomKey);
  }

  private static byte[] randomKey() {
    byte[] key = new byte[RANDOM_KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return key;
  }

  private static ObjectStore objects(
      BlobStore bucket, ObjectStoreConfig settings, IngressEnvironment environment) {
    return new ObjectStore(
        bucket, settings.maxObjectBytes(), settings.retention(), environment.clock());
  }

  /**
   * The quotas of a tenant now.
   *
   * @throws io.anyserve.contracts.FailureException BROKER_UNAVAILABLE while nobody can know
   */
  public QuotaStatus quotas(TenantId tenant) {
    return quotas.view(tenant);
  }

  /** The keys that callers of this ingress show, for other servers of this process. */
  public ApiKeys keys() {
    return keys;
  }

  /** Where it listens; the real port once started. */
  public InetSocketAddress address() {
    return server.address();
  }

  /** Where the OpenAI-compatible API listens; the real port once started. */
  public InetSocketAddress httpAddress() {
    return http.address();
  }

  @Override
  public void start() throws Exception {
    components.start();
  }

  @Override
  public Health health() {
    return components.health();
  }

  /** What keeps it from being ready; empty when nothing does. */
  public List<Health.Down> notReadyReasons() {
    return components.notReadyReasons();
  }

  @Override
  public void close() {
    components.close();
  }
}
