package io.anyserve.standalone;

import io.anyserve.ingress.Ingress;
import io.anyserve.ingress.IngressSettings;
import io.anyserve.metering.MeteringSettings;
import io.anyserve.metering.export.ExportSettings;
import io.anyserve.objects.Bucket;
import io.anyserve.objects.MinioBucket;
import io.anyserve.objects.ObjectStore;
import io.anyserve.objects.ObjectStorePart;
import io.anyserve.objects.ObjectStoreSettings;
import io.anyserve.objects.SweepMeters;
import io.anyserve.objects.SweepPart;
import io.anyserve.router.Router;
import io.anyserve.router.RouterSettings;
import io.anyserve.runtime.AdminServer;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.trace.Tracing;
import io.anyserve.worker.Worker;
import io.anyserve.worker.WorkerSettings;
import io.anyserve.worker.engine.EngineFactories;
import io.anyserve.worker.payload.InlinePayloads;
import io.anyserve.worker.payload.ObjectPayloads;
import io.anyserve.worker.payload.PayloadStore;
import io.anyserve.worker.simulated.SimulatedFactory;
import io.anyserve.worker.torch.TorchEngine;
import io.anyserve.worker.torch.TorchFactory;
import io.anyserve.worker.watch.Observation;
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

/** Makes the services' parts out of the configuration; none is started here. */
final class Services {

  private static final long LARGEST_RESOLVED = 256L << 20;

  private final Configuration configuration;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final InstantSource clock = InstantSource.system();
  private final Tracing tracing;
  private final Observation observation;

  Services(Configuration configuration) {
    this.configuration = configuration;
    this.tracing = Tracing.of(configuration.tracing());
    this.observation = new Observation(tracing, configuration.vllmMetrics());
    ProcessMeters.bindTo(registry);
  }

  /**
   * With more services behind the same port and keys.
   *
   * @param router where it listens once it is started, if it is in this process
   */
  Ingress ingress(
      IngressSettings settings,
      List<? extends BindableService> more,
      Optional<Supplier<InetSocketAddress>> router) {
    return new Ingress(settings, registry, more, router, tracing);
  }

  Router router(RouterSettings settings) {
    return new Router(settings, clock, registry);
  }

  Bookkeeping bookkeeping(MeteringSettings settings, ExportSettings export) {
    return new Bookkeeping(settings, export, registry, clock);
  }

  /** The worker, and before it the object store that it needs. */
  List<Component> worker(WorkerSettings settings, Optional<ObjectStoreSettings> store) {
    List<Component> parts = new ArrayList<>();
    Optional<Bucket> bucket = store.map(MinioBucket::of);
    bucket.map(ObjectStorePart::new).ifPresent(parts::add);
    PayloadStore payloads =
        bucket
            .<PayloadStore>map(found -> payloads(found, store.orElseThrow()))
            .orElseGet(InlinePayloads::new);
    parts.add(
        new Worker(settings, configuration.kafka(), engines(), payloads, registry, observation));
    return parts;
  }

  /**
   * Deletes expired objects. Beside each ingress: it always knows the store; several do no harm.
   */
  List<Component> sweep(Optional<ObjectStoreSettings> store) {
    return store
        .<Component>map(
            settings ->
                SweepPart.of(
                    settings, configuration.sweepInterval(), clock, new SweepMeters(registry)))
        .stream()
        .toList();
  }

  private ObjectPayloads payloads(Bucket bucket, ObjectStoreSettings settings) {
    ObjectStore store =
        new ObjectStore(bucket, settings.maxObjectBytes(), settings.retention(), clock);
    return new ObjectPayloads(store, settings.threshold(), LARGEST_RESOLVED);
  }

  private static EngineFactories engines() {
    return new EngineFactories(
        Map.of(
            SimulatedFactory.KIND,
            new SimulatedFactory(System::nanoTime),
            TorchEngine.KIND,
            new TorchFactory()));
  }

  /** Closed last: the others' spans go through it. */
  Component tracing() {
    return tracing;
  }

  AdminServer ops(InetSocketAddress address, Supplier<List<Health.Down>> troubles) {
    return new AdminServer(address, registry, troubles);
  }

  MeterRegistry registry() {
    return registry;
  }
}
