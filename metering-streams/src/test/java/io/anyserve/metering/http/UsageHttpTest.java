package io.anyserve.metering.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.event.Outcome;
import io.anyserve.metering.api.Counted;
import io.anyserve.metering.api.Line;
import io.anyserve.metering.api.TestKeys;
import io.anyserve.metering.api.UsageApi;
import io.anyserve.metering.query.PartitionOwners;
import io.anyserve.metering.query.ledger.LedgerPartitions;
import io.anyserve.metering.query.service.QuotaReport;
import io.anyserve.runtime.auth.ApiKeys;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
final class UsageHttpTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String AT_NOON = "from=2026-11-20T12:00:00Z&to=2026-11-20T13:00:00Z";

  private final Counted counted = new Counted();
  private final UsageApi api =
      new UsageApi(
          new UsageApi.Sources(
              counted,
              PartitionOwners.alone(),
              (tenant, count) -> LedgerPartitions.any(count),
              tenant ->
                  List.of(
                      new QuotaReport.Row(
                          "tenant " + tenant, "tokens", "day", 100, 40, 10, 50, Line.NOON)),
              () -> Optional.of("EUR")),
          counted,
          InstantSource.fixed(Line.NOON.plus(Duration.ofMinutes(30))));
  private final UsageHttp http = api.http(anywhere(), TestKeys.keys());
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeEach
  void start() throws Exception {
    api.start();
    http.start();
    counted.add(
        Line.of("acme", "s1").tokens(10).line(),
        Line.of("acme", "s2").tokens(20).outcome(Outcome.FAILED).line(),
        Line.of("globex", "s3").tokens(400).line());
  }

  @AfterEach
  void stop() {
    client.close();
    http.close();
    api.close();
  }

  @Test
  void saysWhoAsks() throws Exception {
    assertEquals("{\"tenant\":\"acme\",\"admin\":false,\"currency\":\"EUR\"}", body("me"));
    assertTrue(json(get("me", TestKeys.ADMIN)).path("admin").asBoolean());
  }

  @Test
  void tellsTotals() throws Exception {
    JsonNode own = json(get("tenant", TestKeys.ACME));
    assertEquals("acme", own.path("tenant").asString());
    assertEquals(2, own.path("totals").path("requests").asInt());
    assertEquals(1, own.path("totals").path("failed").asInt());
    assertEquals(30, own.path("totals").path("completion_tokens").asInt());
    assertEquals(60_000, own.path("totals").path("engine_micros").asInt());
    assertEquals(100, own.path("totals").path("first_token_ms").path("p50").asInt());
    JsonNode none = json(get("tenant?tenant=nobody", TestKeys.ADMIN)).path("totals");
    assertEquals(0, none.path("requests").asInt());
    assertTrue(none.path("duration_ms").path("p99").isNull());
    assertEquals("*", json(get("tenant", TestKeys.ADMIN)).path("tenant").asString());
  }

  @Test
  void tellsWhatASessionUsed() throws Exception {
    JsonNode session = json(get("sessions/s1", TestKeys.ACME));
    assertEquals(10, session.path("completion_tokens").asInt());
    assertEquals("2026-11-20T12:00:00Z", session.path("first_at").asString());
    JsonNode other = json(get("sessions/s3?tenant=globex", TestKeys.ADMIN));
    assertEquals("globex", other.path("tenant").asString());
  }

  @Test
  void drawsWindows() throws Exception {
    JsonNode answer = json(get("windows?size=minute&by=session&" + AT_NOON, TestKeys.ACME));
    assertEquals("minute", answer.path("size").asString());
    assertEquals("2026-11-20T13:00:00Z", answer.path("to").asString());
    assertEquals(2, answer.path("series").size());
    JsonNode first = answer.path("series").path(0);
    assertEquals("{\"session\":\"s1\"}", first.path("name").toString());
    assertEquals("2026-11-20T12:00:00Z", first.path("points").path(0).path("start").asString());
    assertEquals(10, first.path("points").path(0).path("completion_tokens").asInt());
    String millis = "from=" + Line.NOON.toEpochMilli() + "&to=" + (Line.NOON.toEpochMilli() + 1);
    JsonNode whole = json(get("windows?size=minute&" + millis, TestKeys.ACME));
    assertEquals("{}", whole.path("series").path(0).path("name").toString());
    assertEquals("2026-11-20T12:01:00Z", whole.path("to").asString());
  }

  @Test
  void ranks() throws Exception {
    JsonNode rows = json(get("top?by=session&measure=tokens&limit=1", TestKeys.ACME)).path("rows");
    assertEquals(1, rows.size());
    assertEquals("s2", rows.path(0).path("name").path("session").asString());
    assertEquals(20, rows.path(0).path("totals").path("completion_tokens").asInt());
    JsonNode tenants = json(get("top?by=tenant", TestKeys.ADMIN)).path("rows");
    assertEquals("globex", tenants.path(0).path("name").path("tenant").asString());
  }

  @Test
  void listsLinesPageByPage() throws Exception {
    JsonNode page = json(get("lines?limit=1&" + AT_NOON, TestKeys.ACME));
    assertEquals("s1", page.path("lines").path(0).path("session").asString());
    assertEquals("finished", page.path("lines").path(0).path("outcome").asString());
    String next = page.path("next").asString();
    JsonNode second = json(get("lines?limit=5&cursor=" + next + "&" + AT_NOON, TestKeys.ACME));
    assertEquals(1, second.path("lines").size());
    assertEquals("ENGINE_FAILED", second.path("lines").path(0).path("code").asString());
    assertTrue(second.path("next").isNull());
    JsonNode failed = json(get("lines?outcome=failed&session=s2", TestKeys.ACME));
    assertEquals(1, failed.path("lines").size());
    assertEquals(0, json(get("lines?model=other", TestKeys.ACME)).path("lines").size());
  }

  @Test
  void tellsWhatIsLeftOfQuotas() throws Exception {
    JsonNode limits = json(get("quotas", TestKeys.ACME)).path("limits");
    assertEquals("tenant acme", limits.path(0).path("scope").asString());
    assertEquals(50, limits.path(0).path("left").asInt());
    assertEquals("2026-11-20T12:00:00Z", limits.path(0).path("resets_at").asString());
  }

  @Test
  void csvHasAHeaderAndNoFormulas() throws Exception {
    counted.add(
        Line.of("acme", "s4")
            .model("chat", "=cmd|' /C calc'!A0")
            .labels(Map.of("note", "a,\"b\"\n=1", "-x", "y"))
            .line());
    HttpResponse<String> lines = get("lines?format=csv&" + AT_NOON, TestKeys.ACME);
    assertTrue(
        lines.headers().firstValue("Content-Type").orElse("").startsWith("text/csv"),
        lines::toString);
    assertTrue(
        lines.headers().firstValue("Content-Disposition").orElse("").startsWith("attachment"));
    List<String> rows = List.of(lines.body().strip().split("\r\n", -1));
    assertEquals(4, rows.size());
    assertTrue(rows.getFirst().startsWith("ended_at,request_id,tenant,session,key,"));
    assertTrue(rows.getLast().contains(",'=cmd|' /C calc'!A0,"), rows::toString);
    assertTrue(rows.getLast().endsWith(",\"'-x=y;note=a,\"\"b\"\"\n=1\""), rows::toString);
    assertFalse(lines.body().contains("globex"));

    String top = get("top?by=model&format=csv", TestKeys.ACME).body();
    assertTrue(top.startsWith("tenant,capability,model,session,key,other,requests,"), top);
    assertTrue(top.contains(",chat,tiny,"), top);
    String windows = get("windows?size=hour&format=csv", TestKeys.ACME).body();
    assertTrue(windows.startsWith("start,tenant,"), windows);
    assertTrue(windows.contains("\r\n2026-11-20T12:00:00Z,"), windows);
  }

  @Test
  void aDownloadThatBreaksOffDoesNotLookWhole() throws Exception {
    counted.addQuietly(Collections.nCopies(6_000, Line.of("acme", "s4").line()));
    HttpResponse<String> whole = get("lines?format=csv", TestKeys.ACME);
    assertEquals(6_003, whole.body().lines().count());

    counted.breaksAfter = 5_000;
    var request = request("lines?format=csv", TestKeys.ACME).build();
    assertThrows(IOException.class, () -> client.send(request, BodyHandlers.ofString()));
  }

  @Test
  void aDownloadThatCannotStartIsAnError() throws Exception {
    counted.trouble = "restoring";
    HttpResponse<String> answer = get("lines?format=csv", TestKeys.ACME);
    assertEquals(503, answer.statusCode());
    assertEquals("1", answer.headers().firstValue("Retry-After").orElse(""));
    assertEquals("application/json", answer.headers().firstValue("Content-Type").orElse(""));
    assertEquals(Optional.empty(), answer.headers().firstValue("Content-Disposition"));
    assertEquals("STORE_UNAVAILABLE", error(answer).path("code").asString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "me",
        "tenant",
        "sessions/s1",
        "windows?size=day",
        "top?by=key",
        "lines",
        "lines?format=csv",
        "quotas",
        "live"
      })
  void nothingIsToldWithoutAKey(String path) throws Exception {
    for (Optional<String> key : List.of(Optional.<String>empty(), Optional.of("guess"))) {
      var request = HttpRequest.newBuilder(uri("/v1/usage/" + path));
      key.ifPresent(guess -> request.header("Authorization", "Bearer " + guess));
      HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
      assertEquals(401, answer.statusCode());
      assertEquals("Bearer", answer.headers().firstValue("WWW-Authenticate").orElse(""));
      assertEquals("UNAUTHENTICATED", error(answer).path("code").asString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tenant?tenant=globex",
        "tenant?tenant=*",
        "sessions/s3?tenant=globex",
        "windows?size=day&tenant=globex",
        "top?by=session&tenant=globex",
        "lines?tenant=globex",
        "lines?tenant=globex&format=csv",
        "quotas?tenant=globex",
        "live?tenant=globex"
      })
  void othersAreOutOfReach(String path) throws Exception {
    HttpResponse<String> answer = get(path, TestKeys.ACME);
    assertEquals(403, answer.statusCode(), answer::body);
    assertFalse(answer.body().contains("400"), answer::body);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lines?session=s3",
        "lines?session=s3&cursor=MDow",
        "windows?size=minute&session=s3",
        "lines?key=key-2"
      })
  void guessesOfOthersNamesFindNothing(String path) throws Exception {
    HttpResponse<String> answer = get(path, TestKeys.ACME);
    assertEquals(200, answer.statusCode());
    assertFalse(answer.body().contains("globex"), answer::body);
    assertFalse(answer.body().contains("400"), answer::body);
    HttpResponse<String> session = get("sessions/s3", TestKeys.ACME);
    assertEquals(get("sessions/never", TestKeys.ACME).statusCode(), session.statusCode());
    assertEquals("SESSION_NOT_FOUND", error(session).path("code").asString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "me?x=1 parameter:",
        "windows size:",
        "windows?size=week size:",
        "windows?size=minute&by=colour by:",
        "windows?size=minute&from=yesterday from:",
        "windows?size=minute&from=2026-01-01T00:00:00Z size:",
        "windows?size=day&size=hour size:",
        "windows?size=day&by=session&model=tiny by",
        "windows?size=day&format=xml format:",
        "top by:",
        "top?by=session&limit=0 limit:",
        "top?by=session&limit=ten limit:",
        "top?by=session&measure=joy measure:",
        "lines?limit=1001 limit:",
        "lines?cursor=x cursor:",
        "lines?outcome=lost outcome:",
        "lines?from=9&to=8 from:",
        "lines?key=k%00&colour=red parameter:",
        "sessions/a%20b session:",
        "tenant?tenant=A tenant:",
      })
  void mistakesAreNamed(String path, String start) throws Exception {
    HttpResponse<String> answer = get(path, TestKeys.ACME);
    assertEquals(400, answer.statusCode(), answer::body);
    assertEquals("INVALID_REQUEST", error(answer).path("code").asString());
    assertTrue(error(answer).path("message").asString().startsWith(start), answer::body);
  }

  @Test
  void unknownPathsAndMethodsAreRefused() throws Exception {
    for (String path :
        List.of("/", "/v1", "/v1/usage", "/v1/usage/nothing", "/metrics", "/usager")) {
      HttpResponse<String> answer = send(HttpRequest.newBuilder(uri(path)));
      assertEquals(404, answer.statusCode(), path);
      assertTrue(error(answer).has("message"), path);
      assertSecured(answer);
    }
    HttpResponse<String> posted =
        send(request("tenant", TestKeys.ACME).POST(HttpRequest.BodyPublishers.ofString("{}")));
    assertEquals(405, posted.statusCode());
    assertSecured(posted);
  }

  @Test
  void theCookieOfAPageStandsForItsKey() throws Exception {
    HttpResponse<String> answer = login("{\"key\":\"" + TestKeys.ACME + "\"}");
    assertEquals(200, answer.statusCode());
    assertEquals("acme", json(answer).path("tenant").asString());
    String cookie = answer.headers().firstValue("Set-Cookie").orElse("");
    assertTrue(cookie.contains("HttpOnly"), cookie);
    assertTrue(cookie.contains("SameSite=Strict"), cookie);
    assertFalse(cookie.contains("Secure"), cookie);
    assertFalse(cookie.contains(TestKeys.ACME), cookie);
    String pair = cookie.substring(0, cookie.indexOf(';'));
    HttpResponse<String> me =
        send(HttpRequest.newBuilder(uri("/v1/usage/me")).header("Cookie", pair));
    assertEquals("acme", json(me).path("tenant").asString());
    HttpResponse<String> left =
        send(
            HttpRequest.newBuilder(uri("/usage/logout")).POST(HttpRequest.BodyPublishers.noBody()));
    assertEquals(204, left.statusCode());
    String gone = left.headers().firstValue("Set-Cookie").orElse("");
    assertTrue(gone.contains("Expires=Thu, 01 Jan 1970 00:00:00 GMT"), gone);
  }

  @Test
  void onlyKeysLogIn() throws Exception {
    assertEquals(401, login("{\"key\":\"guess\"}").statusCode());
    assertEquals(400, login("{}").statusCode());
    assertEquals(400, login("{\"key\":7}").statusCode());
    assertEquals(400, login("not json").statusCode());
    assertEquals(413, login("{\"key\":\"" + "x".repeat(10_000) + "\"}").statusCode());
    HttpResponse<String> form =
        send(
            HttpRequest.newBuilder(uri("/usage/login"))
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("{\"key\":\"" + TestKeys.ACME + "\"}")));
    assertEquals(400, form.statusCode());
    HttpResponse<String> forged =
        send(HttpRequest.newBuilder(uri("/v1/usage/me")).header("Cookie", "anyserve_usage_key=!!"));
    assertEquals(401, forged.statusCode());
  }

  @Test
  void tooLongHeadersAreRefused() throws Exception {
    HttpResponse<String> answer =
        send(request("me", TestKeys.ACME).header("X-Long", "x".repeat(20_000)));
    assertEquals(431, answer.statusCode());
  }

  @Test
  void thePageIsServedAndNothingElseOfTheClassPath() throws Exception {
    HttpResponse<String> file = send(HttpRequest.newBuilder(uri("/usage/probe.txt")));
    assertEquals("of the page\n", file.body());
    assertSecured(file);
    String tag = file.headers().firstValue("ETag").orElse("");
    HttpResponse<String> again =
        send(HttpRequest.newBuilder(uri("/usage/probe.txt")).header("If-None-Match", tag));
    assertEquals(304, again.statusCode());
    for (String path :
        List.of(
            "/usage/../logback-test.xml",
            "/usage/%2e%2e/logback-test.xml",
            "/usage/..%2flogback-test.xml",
            "/usage/x/../../logback-test.xml",
            "/usage/.hidden.txt",
            "/usage//probe.txt",
            "/usage/nothing.js")) {
      HttpResponse<String> answer = send(HttpRequest.newBuilder(uri(path)));
      assertTrue(answer.statusCode() == 404 || answer.statusCode() == 400, path);
      assertFalse(answer.body().contains("configuration"), path);
    }
  }

  @Test
  void eventsTellWhatIsAdded() throws Exception {
    try (Socket socket = stream("/v1/usage/live", TestKeys.ACME)) {
      BufferedReader events = reader(socket);
      readUntil(events, "retry: 2000");
      counted.add(Line.of("globex", "s9").line(), Line.of("acme", "s9").tokens(33).line());
      readUntil(events, "event: usage");
      JsonNode usage = JSON.readTree(readUntil(events, "data: ").substring(6));
      assertEquals(1, usage.path("requests").asInt());
      assertEquals(33, usage.path("completion_tokens").asInt());
      readUntil(events, "event: line");
      JsonNode line = JSON.readTree(readUntil(events, "data: ").substring(6));
      assertEquals("s9", line.path("session").asString());
      assertEquals("acme", line.path("tenant").asString());
    }
  }

  @Test
  void aServerThatStopsEndsItsStreams() throws Exception {
    try (Socket socket = stream("/v1/usage/live", TestKeys.ACME)) {
      BufferedReader events = reader(socket);
      readUntil(events, "retry: 2000");
      http.close();
      readUntil(events, "event: failure");
      assertTrue(readUntil(events, "data: ").contains("SHUTTING_DOWN"));
    }
  }

  @Test
  void withoutKeysEverybodyIsTheDefaultTenant() throws Exception {
    try (UsageHttp open = api.http(anywhere(), new ApiKeys(List.of()))) {
      open.start();
      counted.add(Line.of("default", "s1").line());
      var request =
          HttpRequest.newBuilder(
              URI.create("http://127.0.0.1:" + open.address().getPort() + "/v1/usage/tenant"));
      JsonNode own = json(send(request));
      assertEquals("default", own.path("tenant").asString());
      assertEquals(1, own.path("totals").path("requests").asInt());
    }
  }

  @Test
  void namesThePortThatIsInUse() {
    try (UsageHttp second = api.http(http.address(), TestKeys.keys())) {
      IOException refused = assertThrows(IOException.class, second::start);
      assertTrue(
          String.valueOf(refused.getMessage())
              .contains(Integer.toString(http.address().getPort())));
    }
  }

  private static void assertSecured(HttpResponse<?> answer) {
    String policy = answer.headers().firstValue("Content-Security-Policy").orElse("");
    assertTrue(policy.startsWith("default-src 'none';"), policy);
    assertFalse(policy.contains("unsafe"), policy);
    assertEquals("nosniff", answer.headers().firstValue("X-Content-Type-Options").orElse(""));
    assertEquals(Optional.empty(), answer.headers().firstValue("Server"));
  }

  private HttpResponse<String> login(String body) throws Exception {
    return send(
        HttpRequest.newBuilder(uri("/usage/login"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private String body(String path) throws Exception {
    return get(path, TestKeys.ACME).body();
  }

  private HttpResponse<String> get(String path, String key) throws Exception {
    return send(request(path, key));
  }

  private HttpRequest.Builder request(String path, String key) {
    return HttpRequest.newBuilder(uri("/v1/usage/" + path))
        .header("Authorization", "Bearer " + key);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + http.address().getPort() + path);
  }

  private static JsonNode json(HttpResponse<String> answer) {
    assertEquals(200, answer.statusCode(), answer::body);
    return JSON.readTree(answer.body());
  }

  private static JsonNode error(HttpResponse<String> answer) {
    return JSON.readTree(answer.body()).path("error");
  }

  private Socket stream(String path, String key) throws IOException {
    Socket socket = new Socket(http.address().getHostString(), http.address().getPort());
    String request =
        "GET " + path + " HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer " + key + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  private static String readUntil(BufferedReader reader, String start) throws IOException {
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      if (line.startsWith(start)) {
        return line;
      }
    }
    throw new AssertionError("ended before: " + start);
  }

  private static InetSocketAddress anywhere() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }
}
