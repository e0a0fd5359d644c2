package io.anyserve.ingress.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.CapabilityOffer;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.contracts.event.WorkerState;
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
import io.anyserve.ingress.embeddings.EmbeddingsHandler;
import io.anyserve.ingress.grpc.FakeLog;
import io.anyserve.ingress.kafka.RequestPublisher;
import io.anyserve.ingress.page.PageConfig;
import io.anyserve.ingress.page.PageHandler;
import io.anyserve.ingress.page.SystemHandler;
import io.anyserve.ingress.response.AssignedPartitions;
import io.anyserve.ingress.response.ResponseLimits;
import io.anyserve.ingress.response.ResponseMetrics;
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.ingress.response.ResumeTokenCodec;
import io.anyserve.ingress.response.StreamCallbacks;
import io.anyserve.runtime.Health;
import io.anyserve.runtime.ProcessStatus;
import io.anyserve.runtime.auth.ApiKey;
import io.anyserve.runtime.auth.ApiKeys;
import io.anyserve.runtime.tls.ServerTls;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The HTTP server with everything behind it but Kafka. */
final class HttpTestServer implements AutoCloseable {

  static final int BODY_BYTES = 200_000;
  static final String CHAT = "/v1/chat/completions";
  static final String COMPLETIONS = "/v1/completions";
  static final String LAST_EVENT_ID = "Last-Event-ID";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  final FakeLog log = new FakeLog();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final ResponseStreams streams;
  final HttpRoutes routes;
  final HttpServer server;
  final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  volatile List<Health.Down> notReady = List.of();
  private final ProcessStatus process = new ProcessStatus(registry, () -> notReady);
  final HttpClient client = HttpClient.newHttpClient();
  private final RequestPublisher requests;
  private final AssignedPartitions partitions = new AssignedPartitions();

  /** How a test wants its server. */
  private record Setup(
      Duration grace,
      CallAccess access,
      AdmissionPolicy policy,
      HttpServer.Timeouts timeouts,
      WebAccess web,
      Optional<ServerTls> tls,
      Duration ping) {

    static final Setup USUAL =
        new Setup(
            Duration.ZERO,
            CallAccess.of(new ApiKeys(List.of())),
            AdmissionPolicy.OPEN,
            HttpServer.Timeouts.DEFAULT,
            WebAccess.local("127.0.0.1"),
            Optional.empty(),
            CompletionExchange.PING);

    Setup with(Duration own) {
      return new Setup(own, access, policy, timeouts, web, tls, ping);
    }

    Setup with(CallAccess own) {
      return new Setup(grace, own, policy, timeouts, web, tls, ping);
    }

    Setup with(AdmissionPolicy own) {
      return new Setup(grace, access, own, timeouts, web, tls, ping);
    }

    Setup with(HttpServer.Timeouts own) {
      return new Setup(grace, access, policy, own, web, tls, ping);
    }

    Setup with(WebAccess own) {
      return new Setup(grace, access, policy, timeouts, own, tls, ping);
    }

    Setup pinging(Duration own) {
      return new Setup(grace, access, policy, timeouts, web, tls, own);
    }

    Setup with(ServerTls own) {
      return new Setup(grace, access, policy, timeouts, web, Optional.of(own), ping);
    }
  }

  private HttpTestServer(Setup setup) throws IOException {
    requests = new RequestPublisher(() -> log, FakeLog.TOPICS, capability -> true);
    streams =
        new ResponseStreams(
            new ResponseLimits(100, 100, 50, 1 << 20, setup.grace),
            new ResponseMetrics(meters),
            new StreamCallbacks(
                (request, reason) -> requests.cancel(request, reason, ignored -> {}),
                request -> requests.takeOver(request, "test"),
                log::replay),
            partitions,
            new ResumeTokenCodec(new byte[32]),
            System::nanoTime);
    log.feeds(streams, partitions);
    routes = routes(setup);
    server =
        new HttpServer(
            new HttpServer.Endpoint(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Duration.ofSeconds(1),
                setup.timeouts,
                setup.tls),
            setup.access,
            setup.web,
            routes,
            streams::stopAccepting,
            new GradualRelease(streams::detachPortion));
    requests.start();
    server.start();
  }

  static HttpTestServer start() throws IOException {
    return new HttpTestServer(Setup.USUAL);
  }

  static HttpTestServer start(Duration grace) throws IOException {
    return new HttpTestServer(Setup.USUAL.with(grace));
  }

  static HttpTestServer start(List<ApiKey> keys) throws IOException {
    return start(CallAccess.of(new ApiKeys(keys)));
  }

  static HttpTestServer start(CallAccess access) throws IOException {
    return new HttpTestServer(Setup.USUAL.with(access));
  }

  static HttpTestServer start(AdmissionPolicy policy) throws IOException {
    return new HttpTestServer(Setup.USUAL.with(policy));
  }

  static HttpTestServer start(HttpServer.Timeouts timeouts) throws IOException {
    return new HttpTestServer(Setup.USUAL.with(timeouts));
  }

  static HttpTestServer start(WebAccess web) throws IOException {
    return new HttpTestServer(Setup.USUAL.with(web));
  }

  /** Tells clients after that silence that their calls go on. */
  static HttpTestServer startPinging(Duration ping) throws IOException {
    return new HttpTestServer(Setup.USUAL.pinging(ping));
  }

  static HttpTestServer start(ServerTls tls) throws IOException {
    return new HttpTestServer(Setup.USUAL.with(tls));
  }

  private HttpRoutes routes(Setup setup) {
    InstantSource clock = InstantSource.system();
    var admission =
        new Admission(
            new RequestValidator(BODY_BYTES, RequestCaps.NONE, HttpTestServer::offer),
            new RequestStamper(clock, new Random(1), DeadlinePolicy.DEFAULT),
            InputOffloader.inlineOnly(),
            streams,
            requests,
            setup.policy);
    var models = new ModelsHandler(HttpTestServer::workers);
    return new HttpRoutes(
        new ApiDescription(RequestCaps.NONE),
        models,
        new CompletionsHandler(admission, clock, BODY_BYTES, setup.ping),
        new StreamsHandler(streams, DeadlinePolicy.DEFAULT, clock),
        List.of(
            new OperationsHandler(process),
            new TokenizationHandler(admission, models::find, clock, BODY_BYTES),
            new EmbeddingsHandler(admission, models::find, clock, BODY_BYTES),
            new PageHandler(),
            new SystemHandler(HttpTestServer::workers, streams, PageConfig.DEFAULT)));
  }

  private static List<WorkerHeartbeat> workers() {
    return List.of(worker("w1", 2048), worker("w2", 1024));
  }

  private static Optional<CapabilityOffer> offer(Capability capability) {
    return workers().getFirst().capabilities().stream()
        .filter(offer -> offer.name().equals(capability))
        .findFirst();
  }

  private static WorkerHeartbeat worker(String name, int contextLength) {
    var story =
        new CapabilityOffer(new Capability("story"), "test", "m", 4, true, contextLength)
            .with(true, true);
    var echo = new CapabilityOffer(new Capability("echo"), "test", "m", 4, true, 0);
    var vectors =
        new CapabilityOffer(new Capability("vectors"), "test", "m", 4, true, 512, "", "", 2);
    var pairs =
        new CapabilityOffer(new Capability("pairs"), "test", "m", 4, true, 512, "", "", 1)
            .ofPairs();
    return new WorkerHeartbeat(
        new WorkerId(name),
        List.of(story, echo, vectors, pairs),
        WorkerState.READY,
        0,
        Instant.EPOCH,
        Duration.ofMinutes(1));
  }

  HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + server.address().getPort() + path));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  HttpRequest.Builder posting(String path, String body) {
    return to(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
  }

  HttpResponse<String> post(String path, String body) throws Exception {
    return send(posting(path, body));
  }

  /**
   * The body of a chat with one message.
   *
   * @param more further parameters, each with a comma before it
   */
  static String chat(String more) {
    return "{\"model\":\"story\",\"messages\":[{\"role\":\"user\",\"content\":\"Once\"}]%s}"
        .formatted(more);
  }

  static JsonNode json(HttpResponse<String> response) {
    return JSON.readTree(response.body());
  }

  static JsonNode json(String text) {
    return JSON.readTree(text);
  }

  static JsonNode error(HttpResponse<String> response) {
    return json(response).path("error");
  }

  /** A connection of its own, with a request written to it. */
  Socket raw(String request) throws IOException {
    Socket socket = new Socket(server.address().getHostString(), server.address().getPort());
    socket.getOutputStream().write(request.getBytes(UTF_8));
    return socket;
  }

  static String rawPost(String path, String body) {
    return "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(path, body.getBytes(UTF_8).length, body);
  }

  static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
  }

  /** Waits a little for the server to end the connection, else sends one more byte. */
  static boolean isClosedBefore(Socket socket, char next) throws IOException {
    try {
      byte[] answer = new byte[1024];
      return socket.getInputStream().read(answer) < 0;
    } catch (SocketTimeoutException e) {
      socket.getOutputStream().write(next);
      return false;
    } catch (SocketException e) {
      return true;
    }
  }

  @Override
  public void close() throws InterruptedException {
    client.close();
    server.close();
    requests.close();
  }
}
