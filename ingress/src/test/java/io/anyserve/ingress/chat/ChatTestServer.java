package io.anyserve.ingress.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.UsageAggregateCodec;
import io.anyserve.contracts.event.CapabilityOffer;
import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.contracts.event.WorkerState;
import io.anyserve.ingress.access.AllowedHosts;
import io.anyserve.ingress.access.AllowedOrigins;
import io.anyserve.ingress.access.CallAccess;
import io.anyserve.ingress.access.WebAccess;
import io.anyserve.ingress.admission.Admission;
import io.anyserve.ingress.admission.AdmissionPolicy;
import io.anyserve.ingress.admission.InputOffloader;
import io.anyserve.ingress.admission.RequestCaps;
import io.anyserve.ingress.admission.RequestStamper;
import io.anyserve.ingress.admission.RequestStamper.DeadlinePolicy;
import io.anyserve.ingress.admission.RequestValidator;
import io.anyserve.ingress.connection.GradualRelease;
import io.anyserve.ingress.description.ApiDescription;
import io.anyserve.ingress.grpc.ConversationClient;
import io.anyserve.ingress.grpc.FakeLog;
import io.anyserve.ingress.grpc.RequestOperations;
import io.anyserve.ingress.grpc.RouterClient;
import io.anyserve.ingress.http.CompletionsHandler;
import io.anyserve.ingress.http.HttpRoutes;
import io.anyserve.ingress.http.HttpServer;
import io.anyserve.ingress.http.ModelsHandler;
import io.anyserve.ingress.http.StreamsHandler;
import io.anyserve.ingress.kafka.RequestPublisher;
import io.anyserve.ingress.prices.PriceBooks;
import io.anyserve.ingress.quota.TokenEstimator;
import io.anyserve.ingress.response.AssignedPartitions;
import io.anyserve.ingress.response.ResponseLimits;
import io.anyserve.ingress.response.ResponseMetrics;
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.ingress.response.ResumeTokenCodec;
import io.anyserve.ingress.response.StreamCallbacks;
import io.anyserve.runtime.auth.ApiKey;
import io.anyserve.runtime.auth.ApiKeys;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The chat with everything behind it but Kafka and the router, which are fakes. */
final class ChatTestServer implements AutoCloseable {

  static final String ACME_SECRET = "sk-acme";
  static final String UMBRELLA_SECRET = "sk-umbrella";
  static final List<ApiKey> KEYS =
      List.of(
          new ApiKey("k1", sha256(ACME_SECRET), new TenantId("acme")),
          new ApiKey("k2", sha256(UMBRELLA_SECRET), new TenantId("umbrella")));

  static final int CONTEXT = 1024;

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int BODY_BYTES = 2 << 20;

  /** Longer than the tries of a test that end well. */
  private static final Duration ADDING = Duration.ofSeconds(2);

  final FakeLog log = new FakeLog();
  final FakeConversations conversations;
  final PriceBooks prices = new PriceBooks();
  final ResponseStreams streams;
  final HttpServer server;
  final HttpClient client = HttpClient.newHttpClient();
  private final RequestPublisher requests;
  private final AssignedPartitions partitions = new AssignedPartitions();
  private final RouterClient router;
  private final Server routerServer;

  private ChatTestServer(
      FakeConversations conversations, List<ApiKey> keys, HttpServer.Timeouts timeouts)
      throws IOException {
    this.conversations = conversations;
    String name = InProcessServerBuilder.generateName();
    routerServer = InProcessServerBuilder.forName(name).addService(conversations).build().start();
    router = new RouterClient(Optional.of(() -> InProcessChannelBuilder.forName(name).build()));
    requests = new RequestPublisher(() -> log, FakeLog.TOPICS, _ -> true);
    streams =
        new ResponseStreams(
            new ResponseLimits(100, 100, 50, 1 << 20, Duration.ZERO),
            new ResponseMetrics(new SimpleMeterRegistry()),
            new StreamCallbacks(
                (request, reason) -> requests.cancel(request, reason, _ -> {}),
                request -> requests.takeOver(request, "test"),
                log::replay),
            partitions,
            new ResumeTokenCodec(new byte[32]),
            System::nanoTime);
    log.feeds(streams, partitions);
    server = server(new ApiKeys(keys), timeouts);
    requests.start();
    server.start();
  }

  /** Open to everybody. */
  static ChatTestServer start() throws IOException {
    return start(HttpServer.Timeouts.DEFAULT);
  }

  static ChatTestServer start(HttpServer.Timeouts timeouts) throws IOException {
    return new ChatTestServer(new FakeConversations(), List.of(), timeouts);
  }

  /** For the tenants acme and umbrella. */
  static ChatTestServer withKeys() throws IOException {
    return new ChatTestServer(new FakeConversations(), KEYS, HttpServer.Timeouts.DEFAULT);
  }

  private HttpServer server(ApiKeys keys, HttpServer.Timeouts timeouts) {
    InstantSource clock = InstantSource.system();
    var admission =
        new Admission(
            new RequestValidator(BODY_BYTES),
            new RequestStamper(clock, new Random(1), DeadlinePolicy.DEFAULT),
            InputOffloader.inlineOnly(),
            streams,
            requests,
            AdmissionPolicy.OPEN);
    var operations = new RequestOperations(streams, requests, router);
    var chat =
        Chat.routes(
            new ConversationClient(router),
            new Chat.Requests(
                admission,
                streams,
                request -> requests.cancel(request, CancelReason.EXPLICIT, _ -> {}),
                operations::cancel),
            new Chat.Models(ChatTestServer::workers, new TokenEstimator(2)),
            prices,
            keys,
            new Chat.Clocks(Duration.ofMinutes(5), ADDING, clock, System::nanoTime));
    var routes =
        new HttpRoutes(
            new ApiDescription(RequestCaps.NONE),
            new ModelsHandler(ChatTestServer::workers),
            new CompletionsHandler(admission, clock, BODY_BYTES),
            new StreamsHandler(streams, DeadlinePolicy.DEFAULT, clock),
            List.of(chat));
    return new HttpServer(
        new HttpServer.Endpoint(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Duration.ofSeconds(1),
            timeouts,
            Optional.empty()),
        CallAccess.of(keys),
        new WebAccess(
            AllowedHosts.of("127.0.0.1", Set.of()),
            new AllowedOrigins(Set.of("https://chat.example.org"))),
        routes,
        streams::stopAccepting,
        new GradualRelease(streams::detachPortion));
  }

  private static List<WorkerHeartbeat> workers() {
    var story = new CapabilityOffer(new Capability("story"), "test", "m", 4, true, CONTEXT);
    return List.of(
        new WorkerHeartbeat(
            new WorkerId("w1"),
            List.of(story),
            WorkerState.READY,
            0,
            Instant.EPOCH,
            Duration.ofMinutes(1)));
  }

  private static String sha256(String secret) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** As if a record of the topic {@code prices} came. */
  void set(PriceBook book) {
    byte[] key = book.version().getBytes(UTF_8);
    prices.read(new ConsumerRecord<>("prices", 0, 0, key, UsageAggregateCodec.encode(book)));
  }

  URI socketAddress() {
    return URI.create("ws://127.0.0.1:" + server.address().getPort() + "/chat/ws");
  }

  HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + server.address().getPort() + path));
  }

  HttpRequest.Builder sending(String method, String path, String body) {
    return to(path)
        .header("Content-Type", "application/json")
        .method(method, BodyPublishers.ofString(body));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path) throws Exception {
    return send(to(path));
  }

  static JsonNode json(HttpResponse<String> response) {
    return JSON.readTree(response.body());
  }

  static JsonNode json(String text) {
    return JSON.readTree(text);
  }

  @Override
  public void close() throws InterruptedException {
    client.close();
    server.close();
    requests.close();
    router.close();
    routerServer.shutdownNow();
  }
}
