package io.anyserve.ingress.responses;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.TenantId;
import io.anyserve.ingress.access.CallAccess;
import io.anyserve.ingress.access.WebAccess;
import io.anyserve.ingress.admission.Admission;
import io.anyserve.ingress.admission.InputOffloader;
import io.anyserve.ingress.admission.RequestCaps;
import io.anyserve.ingress.admission.RequestStamper;
import io.anyserve.ingress.admission.RequestStamper.DeadlinePolicy;
import io.anyserve.ingress.admission.RequestValidator;
import io.anyserve.ingress.connection.GradualRelease;
import io.anyserve.ingress.description.ApiDescription;
import io.anyserve.ingress.grpc.FakeLog;
import io.anyserve.ingress.grpc.RouterClient;
import io.anyserve.ingress.http.CompletionsHandler;
import io.anyserve.ingress.http.HttpRoutes;
import io.anyserve.ingress.http.HttpServer;
import io.anyserve.ingress.http.ModelsHandler;
import io.anyserve.ingress.http.StreamsHandler;
import io.anyserve.ingress.http.TokenizationHandler;
import io.anyserve.ingress.kafka.RequestPublisher;
import io.anyserve.ingress.response.AssignedPartitions;
import io.anyserve.ingress.response.ResponseLimits;
import io.anyserve.ingress.response.ResponseMetrics;
import io.anyserve.ingress.response.ResponseStream;
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
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The HTTP server with responses, a log and a router in this process. */
final class ResponsesTestServer implements AutoCloseable {

  static final String RESPONSES = "/v1/responses";
  static final String ACME = "sk-acme";
  static final String OTHER = "sk-other";

  private static final int BODY_BYTES = 2_000_000;
  private static final int CONTEXT = 60;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  final FakeLog log = new FakeLog();
  final InMemoryRouter router = new InMemoryRouter();
  final ResponseStreams streams;

  /** Whether the log has nothing of the past any more. */
  volatile boolean expired;

  private final RouterClient routerClient;
  private final Server routerServer;
  private final RequestPublisher requests =
      new RequestPublisher(() -> log, FakeLog.TOPICS, capability -> true);
  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  ResponsesTestServer() throws IOException {
    String name = InProcessServerBuilder.generateName();
    routerServer =
        InProcessServerBuilder.forName(name)
            .addService(router.conversationService())
            .addService(router.routerService())
            .build()
            .start();
    routerClient =
        new RouterClient(Optional.of(() -> InProcessChannelBuilder.forName(name).build()));
    var partitions = new AssignedPartitions();
    streams =
        new ResponseStreams(
            new ResponseLimits(100, 100, 50, 1 << 20, Duration.ZERO),
            new ResponseMetrics(new SimpleMeterRegistry()),
            new StreamCallbacks(
                (request, reason) -> requests.cancel(request, reason, ignored -> {}),
                request -> requests.takeOver(request, "test"),
                this::replay),
            partitions,
            new ResumeTokenCodec(new byte[32]),
            System::nanoTime);
    log.feeds(streams, partitions);
    server = server();
    requests.start();
    server.start();
  }

  InetSocketAddress address() {
    return server.address();
  }

  private void replay(ResponseStream stream) {
    if (expired) {
      stream.onReplayFailure(new Failure(FailureCode.RESUME_EXPIRED, "gone"));
    } else {
      log.replay(stream);
    }
  }

  /** A connection of its own, with a call to make a response written to it. */
  Socket raw(String parameters) throws IOException {
    var socket = new Socket(server.address().getHostString(), server.address().getPort());
    String body = body(parameters);
    String request =
        "POST %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(RESPONSES, ACME, body.length(), body);
    socket.getOutputStream().write(request.getBytes(UTF_8));
    return socket;
  }

  private HttpServer server() {
    InstantSource clock = InstantSource.system();
    var admission =
        new Admission(
            new RequestValidator(BODY_BYTES),
            new RequestStamper(clock, new Random(1), DeadlinePolicy.DEFAULT),
            InputOffloader.inlineOnly(),
            streams,
            requests);
    var responses =
        new ResponseRoutes(
            new ResponseRoutes.Backend(admission, streams, requests, routerClient),
            new TokenizationHandler(admission, _ -> Optional.empty(), clock, BODY_BYTES),
            new ResponseRoutes.Limits(BODY_BYTES, DeadlinePolicy.DEFAULT, 1),
            model -> CONTEXT,
            clock);
    var routes =
        new HttpRoutes(
            new ApiDescription(RequestCaps.NONE),
            new ModelsHandler(List::of),
            new CompletionsHandler(admission, clock, BODY_BYTES),
            new StreamsHandler(streams, DeadlinePolicy.DEFAULT, clock),
            List.of(responses));
    return new HttpServer(
        new HttpServer.Endpoint(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Duration.ofSeconds(1),
            HttpServer.Timeouts.DEFAULT,
            Optional.empty()),
        CallAccess.of(new ApiKeys(List.of(key("k1", ACME, "acme"), key("k2", OTHER, "other")))),
        WebAccess.local("127.0.0.1"),
        routes,
        streams::stopAccepting,
        new GradualRelease(streams::detachPortion));
  }

  private static ApiKey key(String id, String secret, String tenant) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(UTF_8));
      return new ApiKey(id, HexFormat.of().formatHex(hash), new TenantId(tenant));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  HttpRequest.Builder to(String path) {
    return to(path, ACME);
  }

  HttpRequest.Builder to(String path, String key) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + server.address().getPort() + path))
        .header("Authorization", "Bearer " + key);
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /** A body with the model and more parameters. */
  static String body(String parameters) {
    return "{\"model\":\"story\"," + parameters + "}";
  }

  HttpRequest.Builder creating(String parameters) {
    return to(RESPONSES)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body(parameters)));
  }

  HttpResponse<String> create(String parameters) throws Exception {
    return send(creating(parameters));
  }

  HttpResponse<String> get(String path) throws Exception {
    return send(to(RESPONSES + "/" + path));
  }

  HttpResponse<String> post(String path) throws Exception {
    return send(to(RESPONSES + "/" + path).POST(BodyPublishers.noBody()));
  }

  HttpResponse<String> delete(String id) throws Exception {
    return send(to(RESPONSES + "/" + id).DELETE());
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
    routerClient.close();
    routerServer.shutdownNow();
  }
}
