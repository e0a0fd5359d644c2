package io.anyserve.standalone;

import io.anyserve.contracts.topic.AccessRights;
import io.anyserve.ingress.AccessConfig;
import io.anyserve.ingress.Ingress;
import io.anyserve.ingress.IngressConfig;
import io.anyserve.ingress.IngressEnvironment;
import io.anyserve.metering.MeteringConfig;
import io.anyserve.metering.export.ExportConfig;
import io.anyserve.metering.http.ChatLink;
import io.anyserve.objects.BlobStore;
import io.anyserve.objects.ExpiryMetrics;
import io.anyserve.objects.ExpiryService;
import io.anyserve.objects.MinioBlobStore;
import io.anyserve.objects.ObjectStore;
import io.anyserve.objects.ObjectStoreConfig;
import io.anyserve.objects.ObjectStoreHealth;
import io.anyserve.router.Router;
import io.anyserve.router.RouterConfig;
import io.anyserve.runtime.AdminServer;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.ProcessStatus;
import io.anyserve.runtime.auth.ApiKeys;
import io.anyserve.runtime.auth.KeyFollower;
import io.anyserve.runtime.kafka.RightsCheck;
import io.anyserve.runtime.trace.Tracing;
import io.anyserve.worker.Worker;
import io.anyserve.worker.WorkerConfig;
import io.anyserve.worker.engine.EngineRegistry;
import io.anyserve.worker.payload.NoPayloadStore;
import io.anyserve.worker.payload.ObjectPayloads;
import io.anyserve.worker.payload.PayloadStore;
import io.anyserve.worker.simulated.SimulatedFactory;
import io.anyserve.worker.telemetry.TelemetryConfig;
import io.anyserve.worker.torch.TorchEngine;
import io.anyserve.worker.torch.TorchFactory;
import io.grpc.BindableService;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Makes the services' components out of the configuration; none is started here. */
final class ServiceFactory {

  private static final long LARGEST_RESOLVED = 256L << 20;

  private final ServiceConfigs configuration;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final InstantSource clock = InstantSource.system();
  private final Tracing tracing;
  private final TelemetryConfig observation;

  ServiceFactory(ServiceConfigs configuration) {
    this.configuration = configuration;
    this.tracing = Tracing.of(configuration.tracing());
    this.observation = new TelemetryConfig(tracing, configuration.vllmMetrics());
    ProcessMetrics.bindTo(registry);
  }

  /**
   * With more services behind the same port and keys.
   *
   * @param router where it listens once it is started, if it is in this process
   * @param troubles what keeps the process from being ready
   */
  Ingress ingress(
      IngressConfig settings,
      List<? extends BindableService> more,
      Optional<Supplier<InetSocketAddress>> router,
      Supplier<List<Health.Down>> troubles) {
    return new Ingress(
        settings, new IngressEnvironment(registry, clock, more, router, tracing, status(troubles)));
  }

  /** Follows the API keys for a process without an ingress. */
  KeyFollower keyFollower() {
    return new KeyFollower(configuration.kafka(), configuration.topics());
  }

  /** The same keys as an ingress with these settings has. */
  ApiKeys keys(AccessConfig access, KeyFollower stored) {
    return new ApiKeys(access.keys(), access.requireKey(), stored.keys(), clock);
  }

  Router router(RouterConfig settings) {
    return new Router(settings, clock, registry);
  }

  MeteringModule bookkeeping(
      MeteringConfig settings, ExportConfig export, Optional<ChatLink> chat) {
    return new MeteringModule(settings, export, chat, registry, clock);
  }

  /** The worker, and before it the object store that it needs. */
  List<Component> worker(WorkerConfig settings, Optional<ObjectStoreConfig> store) {
    List<Component> components = new ArrayList<>();
    Optional<BlobStore> bucket = store.map(MinioBlobStore::of);
    bucket.map(ObjectStoreHealth::new).ifPresent(components::add);
    PayloadStore payloads =
        bucket
            .<PayloadStore>map(found -> payloads(found, store.orElseThrow()))
            .orElseGet(NoPayloadStore::new);
    components.add(
        new Worker(settings, configuration.kafka(), engines(), payloads, registry, observation));
    return components;
  }

  /**
   * Deletes expired objects. Beside each ingress: it always knows the store; several do no harm.
   */
  List<Component> sweep(Optional<ObjectStoreConfig> store) {
    return store
        .<Component>map(
            settings ->
                ExpiryService.of(
                    settings, configuration.sweepInterval(), clock, new ExpiryMetrics(registry)))
        .stream()
        .toList();
  }

  private ObjectPayloads payloads(BlobStore bucket, ObjectStoreConfig settings) {
    ObjectStore store =
        new ObjectStore(bucket, settings.maxObjectBytes(), settings.retention(), clock);
    return new ObjectPayloads(store, settings.threshold(), LARGEST_RESOLVED);
  }

  private static EngineRegistry engines() {
    return new EngineRegistry(
        Map.of(
            SimulatedFactory.KIND,
            new SimulatedFactory(System::nanoTime),
            TorchEngine.KIND,
            new TorchFactory()));
  }

  /** Of the user as whom a service of that role logs in to Kafka. */
  Component rightsCheck(AccessRights.Role role) {
    return new RightsCheck(
        () -> configuration.kafka().newAdmin("rights"),
        new AccessRights(configuration.topics()).of(role));
  }

  /** Closed last: the others' spans go through it. */
  Component tracing() {
    return tracing;
  }

  AdminServer ops(InetSocketAddress address, Supplier<List<Health.Down>> troubles) {
    return new AdminServer(address, status(troubles));
  }

  private ProcessStatus status(Supplier<List<Health.Down>> troubles) {
    return new ProcessStatus(registry, troubles);
  }

  MeterRegistry registry() {
    return registry;
  }
}
