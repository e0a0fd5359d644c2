package io.anyserve.standalone;

import io.anyserve.contracts.topic.TopicCatalogue;
import io.anyserve.embedded.EmbeddedBroker;
import io.anyserve.embedded.EmbeddedObjectStore;
import io.anyserve.ingress.Ingress;
import io.anyserve.ingress.IngressConfig;
import io.anyserve.metering.MeteringConfig;
import io.anyserve.metering.export.ExportConfig;
import io.anyserve.metering.http.ChatLink;
import io.anyserve.objects.ObjectStoreConfig;
import io.anyserve.router.Router;
import io.anyserve.router.RouterConfig;
import io.anyserve.runtime.Component;
import io.anyserve.runtime.ComponentGroup;
import io.anyserve.runtime.Config;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.kafka.TopicAdmin;
import io.anyserve.worker.WorkerConfig;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every service in this process, on an embedded Kafka broker and object store. The services know
 * nothing of that: they get addresses as they would anywhere.
 */
public final class Standalone implements Component {

  private static final Logger log = LoggerFactory.getLogger(Standalone.class);

  private final StandaloneLayout place;
  private final Map<String, String> environment;
  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private List<Component> services = List.of();
  private boolean speaksTls;

  /**
   * @param environment of the process
   */
  public Standalone(StandaloneLayout place, Map<String, String> environment) {
    this.place = place;
    this.environment = Map.copyOf(environment);
  }

  /** Returns when the services are started; they may need a moment longer to be ready. */
  @Override
  public void start() throws Exception {
    try {
      Credentials credentials = Credentials.in(place.data());
      ServiceConfigs configuration =
          new ServiceConfigs(
              Config.parse(place.settings(), place.environment(credentials, environment)));
      List<Component> components = components(configuration);
      storeObjects(credentials);
      keepLog(configuration);
      startTogether(components);
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  private List<Component> components(ServiceConfigs configuration) {
    Optional<ObjectStoreConfig> store = configuration.objects();
    IngressConfig ingressSettings = configuration.ingress(store);
    speaksTls = ingressSettings.listen().tls().isPresent();
    WorkerConfig workerSettings = configuration.worker();
    MeteringConfig meteringSettings = configuration.metering();
    ExportConfig exportSettings = configuration.export();
    var http = configuration.http(SingleService.Service.INGRESS, place.httpPort());
    var page = configuration.usageHttp(place.usagePort());
    Optional<ChatLink> chat = configuration.chatPage();
    RouterConfig routerSettings = configuration.router(place.routerPort());
    ServiceFactory services = new ServiceFactory(configuration);
    configuration.check();

    Router router = services.router(routerSettings);
    MeteringModule books =
        services.bookkeeping(
            meteringSettings, exportSettings, chat.or(() -> Optional.of(chatPage())));
    List<Component> components = new ArrayList<>();
    Supplier<List<Health.Down>> troubles = () -> notReadyReasons(components);
    Ingress ingress =
        services.ingress(
            ingressSettings, List.of(books.service()), Optional.of(router::address), troubles);
    Component usageHttp = books.http(page, ingress.keys());
    ComponentGroup worker = new ComponentGroup(services.worker(workerSettings, store));
    components.addAll(List.of(services.tracing(), worker, router));
    components.addAll(books.components());
    components.addAll(services.sweep(store));
    components.addAll(List.of(usageHttp, ingress));
    components.add(services.ops(http, troubles));
    return components;
  }

  private ChatLink chatPage() {
    String scheme = speaksTls ? "https" : "http";
    return new ChatLink(URI.create("%s://127.0.0.1:%d/".formatted(scheme, place.apiPort())));
  }

  private static List<Health.Down> notReadyReasons(List<Component> components) {
    return new ComponentGroup(components).notReadyReasons();
  }

  private void storeObjects(Credentials credentials) throws Exception {
    started.push(
        EmbeddedObjectStore.start(
            place.data().resolve("objects"),
            place.objectsPort(),
            credentials.accessKey(),
            credentials.secretKey()));
  }

  private void keepLog(ServiceConfigs configuration) throws IOException, InterruptedException {
    started.push(EmbeddedBroker.start(place.data().resolve("kafka"), place.kafkaPort()));
    TopicCatalogue catalogue = new TopicCatalogue(configuration.topics(), configuration.sizes());
    try (Admin admin = configuration.kafka().newAdmin("standalone")) {
      new TopicAdmin(admin, configuration.sizes().replication()).create(catalogue.fixed());
    }
  }

  /** The services do not need each other to start, and loading a model takes a while. */
  private void startTogether(List<Component> components) throws Exception {
    services = components;
    components.forEach(started::push);
    List<CompletableFuture<Void>> starts = components.stream().map(Standalone::starting).toList();
    try {
      CompletableFuture.allOf(starts.toArray(new CompletableFuture<?>[0])).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private static CompletableFuture<Void> starting(Component part) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread.ofPlatform()
        .name("start-" + part.getClass().getSimpleName())
        .start(
            () -> {
              try {
                part.start();
                done.complete(null);
              } catch (Exception e) {
                done.completeExceptionally(e);
              }
            });
    return done;
  }

  /** Whether both ports of the ingress speak TLS; once started. */
  public boolean speaksTls() {
    return speaksTls;
  }

  /** What keeps it from being ready; empty when nothing does. */
  public List<Health.Down> notReadyReasons() {
    return notReadyReasons(services);
  }

  @Override
  public Health health() {
    return new ComponentGroup(services).health();
  }

  @Override
  public void close() {
    while (!started.isEmpty()) {
      AutoCloseable part = started.pop();
      try {
        part.close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (Exception e) {
        log.warn(
            "Failed to close {}; the other components are closed",
            part.getClass().getSimpleName(),
            e);
      }
    }
  }
}
