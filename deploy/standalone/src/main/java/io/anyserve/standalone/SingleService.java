package io.anyserve.standalone;

import io.anyserve.contracts.topic.AccessRights.Role;
import io.anyserve.ingress.AccessConfig;
import io.anyserve.ingress.Ingress;
import io.anyserve.ingress.IngressConfig;
import io.anyserve.ingress.ListenConfig;
import io.anyserve.metering.MeteringConfig;
import io.anyserve.metering.api.UsageServer;
import io.anyserve.metering.export.ExportConfig;
import io.anyserve.metering.http.ChatLink;
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
import io.anyserve.runtime.auth.KeyFollower;
import io.anyserve.worker.WorkerConfig;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One service in a process of its own, with its metrics and health over HTTP. */
public final class SingleService implements Component {

  /** What can be run alone. */
  public enum Service {
    INGRESS(7401),
    ROUTER(7421),
    WORKER(7411),
    METERING(7431);

    private final int httpPort;

    Service(int httpPort) {
      this.httpPort = httpPort;
    }

    /** The port of its metrics and health unless its settings say another. */
    int httpPort() {
      return httpPort;
    }

    /** The name of its table in the settings. */
    String table() {
      return name().toLowerCase(Locale.ROOT);
    }
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
    InetSocketAddress http = configuration.http(Service.INGRESS);
    configuration.check();
    List<Component> components = new ArrayList<>(services.sweep(store));
    Ingress ingress =
        services.ingress(
            settings,
            List.of(),
            Optional.empty(),
            () -> new ComponentGroup(components).notReadyReasons());
    addresses.add("gRPC " + settings.listen().host() + ":" + settings.listen().port());
    ListenConfig.ApiHttp api = settings.listen().http();
    String scheme = settings.listen().tls().isPresent() ? "https" : "http";
    addresses.add("OpenAI API " + scheme + "://" + api.host() + ":" + api.port() + "/v1");
    components.add(ingress);
    return with(Role.INGRESS, http, components);
  }

  private ComponentGroup router() {
    InetSocketAddress http = configuration.http(Service.ROUTER);
    RouterConfig settings = configuration.router(ServiceConfigs.ROUTER_GRPC);
    configuration.check();
    Router router = services.router(settings);
    addresses.add("gRPC " + settings.listen());
    return with(Role.ROUTER, http, List.of(router));
  }

  private ComponentGroup worker() {
    Optional<ObjectStoreConfig> store = configuration.objects();
    WorkerConfig settings = configuration.worker();
    InetSocketAddress http = configuration.http(Service.WORKER);
    configuration.check();
    return with(Role.WORKER, http, services.worker(settings, store));
  }

  private ComponentGroup metering() {
    MeteringConfig settings = configuration.metering();
    ExportConfig exportSettings = configuration.export();
    InetSocketAddress http = configuration.http(Service.METERING);
    InetSocketAddress grpc = configuration.usage(ServiceConfigs.METERING_GRPC);
    InetSocketAddress page = configuration.usageHttp(UsageHttp.DEFAULT_PORT);
    Optional<ChatLink> chat = configuration.chatPage();
    AccessConfig access = configuration.ingress(Optional.empty()).access();
    configuration.check();
    KeyFollower stored = services.keyFollower();
    ApiKeys keys = services.keys(access, stored);
    MeteringModule books = services.bookkeeping(settings, exportSettings, chat);
    addresses.add("gRPC " + grpc);
    addresses.add("usage page http:/" + page + "/usage");
    List<Component> components = new ArrayList<>(books.components());
    components.add(stored);
    components.add(new UsageServer(grpc, keys, books.service()));
    components.add(books.http(page, keys));
    return with(Role.METERING, http, components);
  }

  private ComponentGroup with(
      Role role, InetSocketAddress http, List<? extends Component> service) {
    addresses.add("HTTP " + http);
    List<Component> checked = new ArrayList<>(service);
    checked.add(services.rightsCheck(role)); // of topics that the service may just have created
    ComponentGroup inner = new ComponentGroup(checked);
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
