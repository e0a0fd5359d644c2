package io.anyserve.chaos.cluster;

import io.anyserve.chaos.client.IngressAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The processes of a site and what stands before them. */
public final class ClusterComponents {

  private static final int BROKER_HEAP = 384;
  private static final int STORE_HEAP = 96;
  private static final int STREAMS_HEAP = 160;
  private static final int INGRESS_HEAP = 128;

  /** How long a request goes on without its caller, so that there is something to resume. */
  public static final Duration DISCONNECT_GRACE = Duration.ofSeconds(20);

  private final ClusterFiles files;
  private final BrokerCluster brokers;
  private final Optional<FakeClock> clock;
  private final TcpProxy storeProxy;
  private final ServiceProcess store;
  private final List<List<TcpProxy>> ingressProxies = new ArrayList<>();
  private final List<ServiceProcess> ingresses = new ArrayList<>();
  private final List<Integer> ingressHttp = new ArrayList<>();
  private final List<ServiceProcess> routers = new ArrayList<>();
  private final List<ServiceProcess> metering = new ArrayList<>();
  private final List<ServiceProcess> workers = new ArrayList<>();
  private final List<List<TcpProxy>> workerProxies = new ArrayList<>();

  /**
   * What a cluster is made of.
   *
   * @param folder for settings, data and logs
   * @param seed of the secrets
   * @param settings of every service, as environment variables; they win
   */
  public record Plan(
      Path folder,
      LaunchCommand program,
      ClusterSize size,
      EngineChoice engine,
      long seed,
      Map<String, String> settings) {

    public Plan {
      settings = Map.copyOf(settings);
    }

    /** With the defaults beside the settings' files. */
    public Plan(
        Path folder, LaunchCommand program, ClusterSize size, EngineChoice engine, long seed) {
      this(folder, program, size, engine, seed, Map.of());
    }
  }

  private ClusterComponents(
      Plan plan, Path folder, FreePorts ports, BrokerCluster brokers, Starter starter)
      throws IOException {
    this.brokers = brokers;
    clock = FakeClock.installed();
    int storePort = ports.next();
    storeProxy = TcpProxy.before(storePort, ports.next());
    String secret = ClusterFiles.secret(plan.seed());
    files =
        new ClusterFiles(
            folder, brokers.bootstrapServers(), storeProxy.port(), plan.size(), secret);
    store = store(starter, folder, storePort, secret);
    services(plan, ports, starter);
  }

  private static ServiceProcess store(Starter starter, Path folder, int port, String secret) {
    return starter.child(
        "store",
        STORE_HEAP,
        Map.of(
            "ANYSERVE_OBJECTS_ACCESS_KEY",
            ClusterFiles.ACCESS_KEY,
            "ANYSERVE_OBJECTS_SECRET_KEY",
            secret),
        List.of(
            "store",
            "--data",
            folder.resolve("store").toString(),
            "--port",
            Integer.toString(port)));
  }

  /** Makes the brokers' disk or network, takes the proxies' ports and writes all settings. */
  static ClusterComponents lay(Plan plan) throws IOException {
    Path folder = Files.createDirectories(plan.folder().toAbsolutePath().normalize());
    FreePorts ports = new FreePorts();
    Starter starter = new Starter(plan.program(), folder, plan.settings());
    int number = plan.size().brokers();
    BrokerCluster brokers =
        number == 1 ? single(folder, ports, starter) : replicated(number, folder, ports, starter);
    try {
      return new ClusterComponents(plan, folder, ports, brokers, starter);
    } catch (IOException | RuntimeException e) {
      brokers.close();
      throw e;
    }
  }

  private static BrokerCluster single(Path folder, FreePorts ports, Starter starter)
      throws IOException {
    Path data = folder.resolve("broker");
    int port = ports.next();
    TcpProxy proxy = TcpProxy.before(port, ports.next());
    List<String> arguments =
        List.of(
            "broker",
            "--data",
            data.resolve("data").toString(),
            "--port",
            Integer.toString(port),
            "--advertised-port",
            Integer.toString(proxy.port()));
    return new BrokerCluster.Single(
        starter.child("broker", BROKER_HEAP, Map.of(), arguments), proxy, BrokerDisk.at(data));
  }

  private static BrokerCluster replicated(int number, Path folder, FreePorts ports, Starter starter)
      throws IOException {
    Optional<BrokerNetwork> network = BrokerNetwork.create(number);
    List<String> clients = new ArrayList<>();
    List<String> controllers = new ArrayList<>();
    for (int node = 1; node <= number; node++) {
      String host = network.isPresent() ? network.get().address(node) : "127.0.0.1";
      clients.add(host + ":" + ports.next());
      controllers.add(host + ":" + ports.next());
    }
    List<ServiceProcess> processes = new ArrayList<>();
    for (int node = 1; node <= number; node++) {
      String name = "broker-" + node;
      List<String> arguments =
          List.of(
              "broker",
              "--data",
              folder.resolve(name).toString(),
              "--port",
              clients.get(node - 1).split(":", 2)[1],
              "--node",
              Integer.toString(node),
              "--controllers",
              String.join(",", controllers));
      List<String> command = starter.command(BROKER_HEAP, arguments);
      int place = node;
      processes.add(
          new ServiceProcess(
              name,
              network.map(own -> own.inside(place, command)).orElse(command),
              Map.of(),
              folder));
    }
    return new BrokerCluster.Replicated(processes, String.join(",", clients), network);
  }

  private void services(Plan plan, FreePorts ports, Starter starter) throws IOException {
    ClusterSize size = plan.size();
    List<Integer> routerPorts = new ArrayList<>();
    for (int i = 1; i <= size.routers(); i++) {
      routerPorts.add(ports.next());
    }
    for (int i = 1; i <= size.workers(); i++) {
      List<TcpProxy> toRouters = new ArrayList<>();
      for (int routerPort : routerPorts) {
        toRouters.add(TcpProxy.before(routerPort, ports.next()));
      }
      workerProxies.add(List.copyOf(toRouters));
    }
    for (int i = 1; i <= size.ingresses(); i++) {
      ingress("ingress-" + i, routerPorts.get(i % size.routers()), ports, starter);
    }
    for (int i = 1; i <= size.routers(); i++) {
      Path config = files.router("router-" + i, ports.next());
      routers.add(
          starter.child(
              "router-" + i,
              STREAMS_HEAP,
              Map.of("ANYSERVE_ROUTER_PORT", Integer.toString(routerPorts.get(i - 1))),
              List.of("router", "--config", config.toString())));
    }
    for (int i = 1; i <= size.metering(); i++) {
      Path config = files.metering("metering-" + i, ports.next(), ports.next());
      metering.add(starter.service("metering-" + i, STREAMS_HEAP, "metering", config));
    }
    for (int i = 1; i <= size.workers(); i++) {
      String name = "worker-" + i;
      Path config = files.worker(name, ports.next(), routersOf(i - 1), plan.engine());
      int heap = plan.engine().heapMegabytes();
      workers.add(starter.service(name, heap, "worker", config));
    }
  }

  private String routersOf(int worker) {
    return workerProxies.get(worker).stream()
        .map(proxy -> "127.0.0.1:" + proxy.port())
        .collect(Collectors.joining(","));
  }

  private void ingress(String name, int routerPort, FreePorts ports, Starter starter)
      throws IOException {
    IngressAddress address = new IngressAddress(ports.next(), ports.next());
    int http = ports.next();
    Path config = files.ingress(name, address, http, routerPort);
    ingresses.add(
        starter.child(
            name,
            INGRESS_HEAP,
            Map.of("ANYSERVE_INGRESS_DISCONNECT_GRACE", DISCONNECT_GRACE.toSeconds() + "s"),
            List.of("ingress", "--config", config.toString())));
    ingressHttp.add(http);
    ingressProxies.add(
        List.of(
            TcpProxy.before(address.grpc(), ports.next()),
            TcpProxy.before(address.http(), ports.next())));
  }

  ClusterFiles files() {
    return files;
  }

  BrokerCluster brokerCluster() {
    return brokers;
  }

  Optional<FakeClock> clock() {
    return clock;
  }

  public TcpProxy storeProxy() {
    return storeProxy;
  }

  /** Before each ingress, for gRPC and for HTTP. */
  public List<List<TcpProxy>> ingressProxies() {
    return ingressProxies;
  }

  /** Between each worker and every router. */
  public List<List<TcpProxy>> workerProxies() {
    return workerProxies;
  }

  public List<ServiceProcess> brokers() {
    return brokers.processes();
  }

  public ServiceProcess store() {
    return store;
  }

  public List<ServiceProcess> ingresses() {
    return ingresses;
  }

  /** Where the ingresses serve their metrics. */
  public List<Integer> ingressHttp() {
    return ingressHttp;
  }

  public List<ServiceProcess> routers() {
    return routers;
  }

  public List<ServiceProcess> metering() {
    return metering;
  }

  public List<ServiceProcess> workers() {
    return workers;
  }

  /** Makes the command lines. Every child watches this process and ends with it. */
  private record Starter(LaunchCommand program, Path folder, Map<String, String> settings) {

    ServiceProcess service(String name, int heap, String service, Path config) {
      return child(name, heap, Map.of(), List.of(service, "--config", config.toString()));
    }

    ServiceProcess child(
        String name, int heap, Map<String, String> environment, List<String> arguments) {
      Map<String, String> all = new HashMap<>(environment);
      all.putAll(settings);
      return new ServiceProcess(name, command(heap, arguments), all, folder);
    }

    List<String> command(int heap, List<String> arguments) {
      List<String> all = new ArrayList<>(List.of("run"));
      all.addAll(arguments);
      all.addAll(List.of("--parent-pid", Long.toString(ProcessHandle.current().pid())));
      return program.command(heap, all);
    }
  }
}
