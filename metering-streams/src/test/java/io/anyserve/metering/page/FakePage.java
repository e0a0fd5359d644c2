package io.anyserve.metering.page;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.anyserve.metering.page.FakeApi.Caller;
import io.anyserve.metering.page.FakeApi.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Serves the page as it is in the class path, and {@link FakeApi} behind it. */
final class FakePage implements PageServer {

  private static final Map<String, Caller> KEYS =
      Map.of("acme-key", new Caller("acme", false), "operator-key", new Caller("operations", true));
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html", "js", "text/javascript", "css", "text/css", "svg", "image/svg+xml");

  private static final String COOKIE = "anyserve_usage_key";

  private final JsonMapper json = JsonMapper.builder().build();
  private final InstantSource clock;
  private final FakeApi api;
  private final FakeLive live = new FakeLive();
  private final AtomicLong used = new AtomicLong();
  private final ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  private FakePage(InstantSource clock, HttpServer server) {
    this.clock = clock;
    this.api = new FakeApi(clock);
    this.server = server;
  }

  static FakePage start(InstantSource clock) throws IOException {
    var anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    FakePage page = new FakePage(clock, HttpServer.create(anywhere, 0));
    page.server.setExecutor(page.handlers);
    page.server.createContext("/", page::handle);
    page.server.start();
    return page;
  }

  @Override
  public URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @Override
  public String key() {
    return "acme-key";
  }

  @Override
  public String tenant() {
    return "acme";
  }

  @Override
  public String adminKey() {
    return "operator-key";
  }

  @Override
  public void use(long promptTokens, long completionTokens) {
    var added = new LinkedHashMap<String, Object>();
    added.put("at", clock.instant().toString());
    added.put("requests", 1);
    added.put("prompt_tokens", promptTokens);
    added.put("completion_tokens", completionTokens);
    added.put("cost_micros", promptTokens);
    added.put("failed", 0);
    live.send("usage", json.writeValueAsString(added));
    var line = FakeApi.line(clock.millis() / 7_000 + used.incrementAndGet(), tenant(), Map.of());
    line.put("ended_at", clock.instant().toString());
    line.put("prompt_tokens", promptTokens);
    line.put("completion_tokens", completionTokens);
    live.send("line", json.writeValueAsString(line));
  }

  @Override
  public void close() {
    live.close();
    server.stop(0);
    handlers.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      answer(exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void answer(HttpExchange exchange) throws IOException, InterruptedException {
    String path = exchange.getRequestURI().getPath();
    // Under load this server now and then overlooks a request on a connection that it kept.
    exchange.getResponseHeaders().set("connection", "close");
    try {
      if (path.startsWith("/v1/usage/")) {
        api(exchange, path.substring("/v1/usage/".length()));
      } else if (path.equals("/usage/login")) {
        login(exchange);
      } else if (path.equals("/usage/logout")) {
        cookie(exchange, "");
      } else {
        file(exchange, path.equals("/usage") ? "index.html" : path.replaceFirst("^/usage/", ""));
      }
    } catch (Refused e) {
      var error = Map.of("code", "CODE_" + e.status(), "message", String.valueOf(e.getMessage()));
      send(
          exchange, e.status(), "application/json", json.writeValueAsBytes(Map.of("error", error)));
    }
  }

  private void api(HttpExchange exchange, String path) throws IOException, InterruptedException {
    Caller caller = caller(exchange);
    Map<String, String> query = form(exchange.getRequestURI().getRawQuery());
    if (path.equals("live")) {
      FakeApi.tenants(caller, query.get("tenant"));
      exchange.getResponseHeaders().set("content-type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      live.writeTo(exchange.getResponseBody());
      return;
    }
    var answer = api.answer(caller, path, query);
    if ("csv".equals(query.get("format"))) {
      send(
          exchange,
          200,
          "text/csv; charset=utf-8",
          "start,requests\r\n".getBytes(StandardCharsets.UTF_8));
    } else {
      send(exchange, 200, "application/json", json.writeValueAsBytes(answer));
    }
  }

  private static Caller caller(HttpExchange exchange) {
    var headers = exchange.getRequestHeaders();
    @Nullable String bearer = headers.getFirst("authorization");
    @Nullable String cookie = headers.getFirst("cookie");
    String key =
        bearer != null
            ? bearer.replace("Bearer ", "")
            : cookie == null ? "" : cookie.replaceFirst(".*" + COOKIE + "=([^;]*).*", "$1");
    @Nullable Caller caller = KEYS.get(key);
    if (caller == null) {
      throw new Refused(401, "authorization: missing (expected: Bearer <API key>)");
    }
    return caller;
  }

  private void login(HttpExchange exchange) throws IOException {
    String key = json.readTree(exchange.getRequestBody().readAllBytes()).path("key").asString("");
    if (!KEYS.containsKey(key)) {
      throw new Refused(401, "authorization: unknown key (expected: Bearer <API key>)");
    }
    cookie(exchange, key);
  }

  private static void cookie(HttpExchange exchange, String key) throws IOException {
    String value = COOKIE + "=" + key + "; HttpOnly; SameSite=Strict; Path=/";
    exchange.getResponseHeaders().set("set-cookie", value);
    exchange.sendResponseHeaders(204, -1);
  }

  private static void file(HttpExchange exchange, String name) throws IOException {
    try (@Nullable InputStream in = resource(name)) {
      if (in == null) {
        throw new Refused(404, name + ": no such file");
      }
      var headers = exchange.getResponseHeaders();
      headers.set("content-security-policy", policy());
      headers.set("x-content-type-options", "nosniff");
      String type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "text/plain");
      send(exchange, 200, type + "; charset=utf-8", in.readAllBytes());
    }
  }

  private static String policy() throws IOException {
    try (@Nullable InputStream in = resource("content-security-policy")) {
      return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }

  private static @Nullable InputStream resource(String name) {
    return FakePage.class.getResourceAsStream("/usage-page/" + name);
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("content-type", type);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  private static Map<String, String> form(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return Map.of();
    }
    return Arrays.stream(text.split("&", -1))
        .map(pair -> List.of(pair.split("=", 2)))
        .collect(
            Collectors.toMap(pair -> decoded(pair.getFirst()), pair -> decoded(pair.getLast())));
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
