package io.anyserve.standalone;

import io.anyserve.ingress.Ingress;
import io.anyserve.ingress.IngressConfig;
import io.anyserve.metering.MeteringConfig;
import io.anyserve.metering.api.UsageServer;
import io.anyserve.metering.export.ExportConfig;
import io.anyserve.metering.http.UsageHttp;
import io.anyserve.objects.ObjectStoreConfig;
import io.anyserve.router.Router;
import io.anyserve.router.RouterConfig;
import io.anyserve.runtime.AdminServer;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.ComponentGroup;
import io.anyserve.runtime.Config;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.auth.ApiKeys;
import io.anyserve.worker.WorkerConfig;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One service in a process of its own, with its metrics and health over HTTP. */
public final class SingleService implements Component {

  private static final int INGRESS_HTTP = 7401;
  private static final int WORKER_HTTP = 7411;
  private static final int ROUTER_GRPC = 7420;
  private static final int ROUTER_HTTP = 7421;
  private static final int METERING_HTTP = 7431;

  /** What can be run alone. */
  public enum Service {
    INGRESS,
    ROUTER,
    WORKER,
    METERING
  }

  private final ServiceConfigs configuration;
  private final ServiceFactory services;
  private final List<String> addresses = new ArrayList<>();
  private final ComponentGroup components;

  /** Throws a SettingsException with every mistake in the service's settings. */
  public SingleService(Service service, Config settings) {
    this.configuration = new ServiceConfigs(settings);
    this.services = new ServiceFactory(configuration);
    this.components =
        switch (service) {
          case INGRESS -> ingress();
          case ROUTER -> router();
          case WORKER -> worker();
          case METERING -> metering();
        };
  }

  private ComponentGroup ingress() {
    Optional<ObjectStoreConfig> store = configuration.objects();
    IngressConfig settings = configuration.ingress(store);
    InetSocketAddress http = configuration.http("ingress", INGRESS_HTTP);
    configuration.check();
    Ingress ingress = services.ingress(settings, List.of(), Optional.empty());
    addresses.add("gRPC " + settings.listen().host() + ":" + settings.listen().port());
    List<Component> components = new ArrayList<>(services.sweep(store));
    components.add(ingress);
    return with(http, components);
  }

  private ComponentGroup router() {
    InetSocketAddress http = configuration.http("router", ROUTER_HTTP);
    RouterConfig settings = configuration.router(ROUTER_GRPC);
    configuration.check();
    Router router = services.router(settings);
    addresses.add("gRPC " + settings.listen());
    return with(http, List.of(router));
  }

  private ComponentGroup worker() {
    Optional<ObjectStoreConfig> store = configuration.objects();
    WorkerConfig settings = configuration.worker();
    InetSocketAddress http = configuration.http("worker", WORKER_HTTP);
    configuration.check();
    return with(http, services.worker(settings, store));
  }

  private ComponentGroup metering() {
    MeteringConfig settings = configuration.metering();
    ExportConfig exportSettings = configuration.export();
    InetSocketAddress http = configuration.http("metering", METERING_HTTP);
    InetSocketAddress grpc = configuration.usage(ServiceConfigs.METERING_GRPC);
    InetSocketAddress page = configuration.usageHttp(UsageHttp.DEFAULT_PORT);
    ApiKeys keys = new ApiKeys(configuration.ingress(Optional.empty()).access().keys());
    configuration.check();
    MeteringModule books = services.bookkeeping(settings, exportSettings);
    addresses.add("gRPC " + grpc);
    addresses.add("usage page http:/" + page + "/usage");
    List<Component> components = new ArrayList<>(books.components());
    components.add(new UsageServer(grpc, keys, books.service()));
    components.add(books.http(page, keys));
    return with(http, components);
  }

  private ComponentGroup with(InetSocketAddress http, List<? extends Component> service) {
    addresses.add("HTTP " + http);
    ComponentGroup inner = new ComponentGroup(service);
    AdminServer ops = services.ops(http, inner::notReadyReasons);
    return new ComponentGroup(List.of(services.tracing(), ops, inner));
  }

  /** Where it listens, for people. */
  public String addresses() {
    return String.join(", ", addresses);
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
