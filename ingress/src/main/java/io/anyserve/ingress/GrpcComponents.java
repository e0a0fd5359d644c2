package io.anyserve.ingress;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.RequestId;
import io.anyserve.ingress.access.AuditLog;
import io.anyserve.ingress.access.CallAccess;
import io.anyserve.ingress.access.CallLimits;
import io.anyserve.ingress.admission.Admission;
import io.anyserve.ingress.admission.AdmissionPolicy;
import io.anyserve.ingress.admission.InputOffloader;
import io.anyserve.ingress.admission.RequestStamper;
import io.anyserve.ingress.admission.RequestValidator;
import io.anyserve.ingress.connection.GradualRelease;
import io.anyserve.ingress.grpc.CapabilityService;
import io.anyserve.ingress.grpc.ConversationService;
import io.anyserve.ingress.grpc.GrpcServer;
import io.anyserve.ingress.grpc.InferenceService;
import io.anyserve.ingress.grpc.KeyService;
import io.anyserve.ingress.grpc.ObjectService;
import io.anyserve.ingress.grpc.RequestOperations;
import io.anyserve.ingress.grpc.RouterClient;
import io.anyserve.ingress.grpc.TraceInterceptor;
import io.anyserve.ingress.quota.KeyQuotas;
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.objects.ObjectStore;
import io.anyserve.objects.ObjectStoreConfig;
import io.anyserve.runtime.auth.ApiKeys;
import io.anyserve.runtime.auth.KeyTopic;
import io.anyserve.runtime.tls.ServerTls;
import io.anyserve.runtime.trace.Tracing;
import io.grpc.ManagedChannel;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/** The gRPC server of one ingress with its services, and its client of the router; not started. */
final class GrpcComponents {

  /** Answers of more bytes do not fit into one message of an ordinary gRPC client. */
  private static final long ANSWER_THRESHOLD = 1 << 20;

  /** A record stays below Kafka's limit of 1 MiB, whatever else is in it. */
  private static final int MOST_IN_RECORD = 768 << 10;

  private static final int MESSAGE_OVERHEAD = 1 << 20;

  private final IngressConfig settings;
  private final IngressEnvironment environment;
  private final KafkaComponents kafka;
  private final ResponseStreams streams;
  private final AdmissionPolicy policy;
  private final Optional<ObjectStore> store;
  private final RouterClient router;
  private final ApiKeys keys;
  private final CallAccess access;
  private final Optional<ServerTls> tls;
  private final Admission admission;
  private final RequestOperations operations;
  private final GrpcServer server;

  GrpcComponents(
      IngressConfig settings,
      IngressEnvironment environment,
      KafkaComponents kafka,
      ResponseStreams streams,
      AdmissionPolicy policy,
      Optional<ObjectStore> store) {
    this.settings = settings;
    this.environment = environment;
    this.kafka = kafka;
    this.streams = streams;
    this.policy = policy;
    this.store = store;
    this.router =
        new RouterClient(
            settings
                .router()
                .map(GrpcComponents::resolved)
                .or(environment::router)
                .map(GrpcComponents::connected));
    this.keys =
        new ApiKeys(
            settings.access().keys(),
            settings.access().requireKey(),
            kafka.keys().keys(),
            environment.clock());
    this.access =
        new CallAccess(
            keys,
            new CallLimits(settings.limits().callsPerMinute(), System::nanoTime),
            new AuditLog(System::nanoTime));
    this.tls = settings.listen().tls().map(files -> new ServerTls(files, environment.meters()));
    this.admission = newAdmission();
    this.operations = new RequestOperations(streams, kafka.publisher(), router);
    this.server = newServer();
  }

  /** The way in for every protocol. */
  Admission admission() {
    return admission;
  }

  /** What callers do with requests by their id, for every protocol. */
  RequestOperations operations() {
    return operations;
  }

  /** Tells the workers to stop a request. */
  void stop(RequestId request) {
    kafka.publisher().cancel(request, CancelReason.EXPLICIT, _ -> {});
  }

  RouterClient router() {
    return router;
  }

  ApiKeys keys() {
    return keys;
  }

  /** What calls of every protocol pass. */
  CallAccess access() {
    return access;
  }

  /** Of every server; to be started before them. */
  Optional<ServerTls> tls() {
    return tls;
  }

  GrpcServer server() {
    return server;
  }

  private static Supplier<InetSocketAddress> resolved(IngressConfig.Address named) {
    return () -> new InetSocketAddress(named.host(), named.port());
  }

  private static Supplier<ManagedChannel> connected(Supplier<InetSocketAddress> router) {
    return () -> {
      InetSocketAddress to = router.get();
      return NettyChannelBuilder.forAddress(to.getHostString(), to.getPort())
          .usePlaintext()
          .build();
    };
  }

  private GrpcServer newServer() {
    return new GrpcServer(
        new GrpcServer.Endpoint(
            new InetSocketAddress(settings.listen().host(), settings.listen().port()),
            settings.limits().inputBytes() + MESSAGE_OVERHEAD,
            settings.listen().drain(),
            tls),
        access,
        services(),
        streams::stopAccepting,
        new GradualRelease(streams::detachPortion));
  }

  private List<ServerServiceDefinition> services() {
    List<ServerServiceDefinition> services = new ArrayList<>();
    services.add(traced(inference().definition()));
    services.add(new ObjectService(store, environment.clock()).bindService());
    services.add(new CapabilityService(kafka.workers()).bindService());
    services.add(keyService().bindService());
    services.add(new ConversationService(router, this::stop).bindService());
    environment.services().forEach(service -> services.add(service.bindService()));
    return services;
  }

  private KeyService keyService() {
    IngressConfig.Log log = settings.log();
    return new KeyService(
        new KeyTopic(log.kafka(), log.topics(), environment.clock(), new SecureRandom()),
        new KeyQuotas(kafka.publisher()));
  }

  private ServerServiceDefinition traced(ServerServiceDefinition service) {
    Tracing tracing = environment.tracing();
    return tracing.on()
        ? ServerInterceptors.intercept(service, new TraceInterceptor(tracing))
        : service;
  }

  private InferenceService inference() {
    return new InferenceService(
        admission, offloader(ANSWER_THRESHOLD), streams, settings.limits().waits(), operations);
  }

  private Admission newAdmission() {
    int limit = settings.limits().inputBytes();
    return new Admission(
        new RequestValidator(
            store.isPresent() ? limit : Math.min(limit, MOST_IN_RECORD),
            settings.limits().caps(),
            kafka.workers()::offer),
        new RequestStamper(
            environment.clock(),
            () -> ThreadLocalRandom.current().nextLong(),
            settings.limits().waits()),
        offloader(settings.store().map(ObjectStoreConfig::threshold).orElse(0L)),
        streams,
        kafka.publisher(),
        policy);
  }

  private InputOffloader offloader(long threshold) {
    return store
        .map(found -> InputOffloader.stored(found, threshold))
        .orElseGet(InputOffloader::inlineOnly);
  }
}
