package io.anyserve.ingress.http;

import static io.anyserve.ingress.http.HttpTestServer.CHAT;
import static io.anyserve.ingress.http.HttpTestServer.chat;
import static io.anyserve.ingress.http.HttpTestServer.error;
import static io.anyserve.ingress.http.HttpTestServer.rawPost;
import static io.anyserve.ingress.http.HttpTestServer.reader;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.TenantId;
import io.anyserve.ingress.admission.AdmissionPolicy;
import io.anyserve.quota.LimitStatus;
import io.anyserve.quota.Period;
import io.anyserve.quota.QuotaLimit;
import io.anyserve.quota.QuotaScope;
import io.anyserve.quota.QuotaUnit;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each is refused with its reason, nothing is published, and the next call is served. */
@Timeout(90)
final class HostileHttpTest {

  private final HttpTestServer server;

  HostileHttpTest() throws Exception {
    server = HttpTestServer.start();
  }

  @AfterEach
  void stop() throws Exception {
    assertEquals(List.of(), server.log.requests);
    server.log.answers(server.log::tellStory);
    assertEquals(200, server.post(CHAT, chat("")).statusCode());
    server.close();
  }

  @Test
  void aHeaderThatIsTooLong() throws Exception {
    HttpResponse<String> response =
        server.send(server.to("/v1/models").header("X-Long", "x".repeat(16_400)));
    assertEquals(431, response.statusCode());
    assertEquals("headers_too_large", error(response).path("code").asString());
  }

  /** Instead of being led to an address of the client's choice. */
  @Test
  void aCallWithoutAPath() throws Exception {
    String request = "OPTIONS ?x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    try (Socket socket = server.raw(request)) {
      List<String> lines = reader(socket).lines().toList();
      assertTrue(lines.getFirst().startsWith("HTTP/1.1 400"), lines::toString);
      assertTrue(lines.getLast().contains("bad_request"), lines::toString);
    }
  }

  /** The connection is closed before all of it was read, so the client may lose the response. */
  @Test
  void aHeaderThatIsMuchTooLong() throws Exception {
    HttpRequest.Builder call = server.posting(CHAT, chat("")).header("X-Long", "x".repeat(100_000));
    try {
      assertEquals(431, server.send(call).statusCode());
    } catch (IOException e) {
      // cut off; stop() shows that nothing was published and the next call is served
    }
  }

  @Test
  void aBodyThatIsTooLarge() throws Exception {
    String body = chat(",\"user\":\"" + "x".repeat(2 << 20) + "\"");
    try (Socket socket = server.raw(rawPost(CHAT, body).substring(0, 500))) {
      assertEquals("HTTP/1.1 413 Payload Too Large", reader(socket).readLine());
    }
    HttpResponse<String> chunked =
        server.send(
            server
                .to(CHAT)
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.fromPublisher(
                        BodyPublishers.ofString("x".repeat(HttpTestServer.BODY_BYTES + 1)))));
    assertEquals(413, chunked.statusCode());
    assertEquals("too_large", error(chunked).path("code").asString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate, gzip", "br"})
  void aCompressedBody(String encoding) throws Exception {
    HttpResponse<String> response =
        server.send(server.posting(CHAT, chat("")).header("Content-Encoding", encoding));
    assertEquals(415, response.statusCode());
    assertEquals("Content-Encoding", error(response).path("param").asString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "application/jsonp"})
  void aBodyOfAnotherType(String type) throws Exception {
    HttpResponse<String> response =
        server.send(
            server.to(CHAT).header("Content-Type", type).POST(BodyPublishers.ofString(chat(""))));
    assertEquals(415, response.statusCode());
    assertEquals("Content-Type", error(response).path("param").asString());
  }

  @ParameterizedTest
  @CsvSource({"[, ], 50000", "[, '', 100000", "'{\"a\":', '}', 30000"})
  void jsonThatIsNestedDeeply(String open, String close, int depth) throws Exception {
    HttpResponse<String> response =
        server.post(CHAT, "{\"messages\":" + open.repeat(depth) + close.repeat(depth) + "}");
    assertEquals(400, response.statusCode());
    assertEquals("malformed_json", error(response).path("code").asString());
  }

  @Test
  void bytesThatAreNotUtf8() throws Exception {
    HttpResponse<String> response =
        server.send(
            server
                .to(CHAT)
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofByteArray(chat(",\"user\":\"\u00e9\"").getBytes(ISO_8859_1))));
    assertEquals(400, response.statusCode());
    assertTrue(error(response).path("message").asString().contains("UTF-8"));
  }

  @Test
  void twoLengthsOfOneBody() throws Exception {
    for (String more :
        List.of(
            "Transfer-Encoding: chunked\r\nContent-Length: 5",
            "Content-Length: 5\r\nContent-Length: 6")) {
      String request =
          "POST "
              + CHAT
              + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + more
              + "\r\n\r\n0\r\n\r\nGET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n";
      try (Socket socket = server.raw(request)) {
        List<String> lines = reader(socket).lines().toList();
        assertTrue(lines.getFirst().startsWith("HTTP/1.1 400"), lines::toString);
        assertEquals(
            1,
            lines.stream().filter(line -> line.startsWith("HTTP/1.1 ")).count(),
            lines::toString);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Authorization", "Content-Type", "Idempotency-Key", "anyserve-session"})
  void aHeaderThatComesTwice(String name) throws Exception {
    HttpResponse<String> response =
        server.send(
            server
                .to(CHAT)
                .headers(name, "application/json", name, "b")
                .POST(BodyPublishers.ofString(chat(""))));
    assertEquals(400, response.statusCode());
    assertEquals("duplicate_header", error(response).path("code").asString());
    assertEquals(name, error(response).path("param").asString());
  }

  /** Each is answered with a status of its own, or not at all, and nothing behind it is read. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0",
        "GET /v1/models HTTP/1.1\r\n\r\n",
        "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
        "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n folded: x\r\n\r\n",
        "GET /v1/models HTTP/1.1\r\nHost : localhost\r\n\r\n",
        "GET /v1/models HTTP/9.9\r\nHost: localhost\r\n\r\n",
        "GET /v1/models\r\n\r\n",
        "G\0T /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /v1/mo\ndels HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5, 6\r\n\r\nhello",
        "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\nhello",
        "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003",
      })
  void bytesThatAreNoRequest(String bytes) throws Exception {
    String behind = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    try (Socket socket = server.raw(bytes + behind)) {
      List<String> lines = reader(socket).lines().toList();
      List<String> statuses = lines.stream().filter(line -> line.startsWith("HTTP/1.1 ")).toList();
      assertTrue(statuses.size() <= 1, lines::toString);
      assertTrue(
          statuses.stream().allMatch(line -> line.matches("HTTP/1.1 (4..|501|505) .*")),
          lines::toString);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/models/%2e%2e/%2e%2e/metrics",
        "/v1/models/..%2f..%2fmetrics",
        "/v1/models/../../metrics",
        "/v1/./../metrics",
        "/health/../metrics",
        "/health;/../metrics",
        "/health/..;/metrics",
        "/health%2f..%2fmetrics",
        "//metrics",
        "/%6detrics",
        "/metrics;x=y",
        "/metrics/",
        "/metrics%00",
        "/metrics%0d%0aX: y",
        "/metrics?x=%ff%fe",
        "/METRICS",
        "/%c0%ae%c0%ae/metrics",
        "/metrics%",
        "http://localhost/metrics",
        "*",
      })
  void aPathThatHidesAnother(String target) throws Exception {
    try (var closed = HttpTestServer.start(List.of(TestApiKeys.ACME))) {
      for (String key : List.of("", "Authorization: Bearer " + TestApiKeys.ACME_SECRET + "\r\n")) {
        try (Socket socket =
            closed.raw(
                "GET %s HTTP/1.1\r\nHost: localhost\r\n%sConnection: close\r\n\r\n"
                    .formatted(target, key))) {
          List<String> lines = reader(socket).lines().toList();
          assertTrue(lines.getFirst().startsWith("HTTP/1.1 4"), lines::toString);
        }
      }
    }
  }

  @Test
  void tenThousandIdleConnections() throws Exception {
    Process clients = idleClients(10_000);
    try (var said = clients.inputReader()) {
      assertEquals(IdleClients.OPEN, said.readLine());
      assertEquals(200, server.send(server.to("/v1/models")).statusCode());
    } finally {
      clients.destroyForcibly().waitFor();
    }
  }

  private Process idleClients(int count) throws IOException {
    long files =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
            ? system.getMaxFileDescriptorCount()
            : 0;
    assumeTrue(files >= count + 1_000, "the limit of open files is too low for idle connections");
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            IdleClients.class.getName(),
            "" + server.server.address().getPort(),
            "" + count)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  @Test
  void aQuotaThatIsUsedUpIsToldInHeaders() throws Exception {
    var status =
        new LimitStatus(
            new QuotaScope.OfTenant(new TenantId("default")),
            new QuotaLimit(QuotaUnit.REQUESTS, Period.MINUTE, 10),
            10,
            0,
            Instant.now().plus(Duration.ofMinutes(6)));
    AdmissionPolicy policy =
        (request, callbacks) -> {
          callbacks.limits().accept(() -> Optional.of(status));
          callbacks
              .refused()
              .accept(
                  new Failure(
                      FailureCode.RATE_LIMITED,
                      "quota: used up",
                      Optional.of(
                          new Failure.Hint(Optional.of(Duration.ofMillis(1500)), Map.of()))));
        };
    try (var limited = HttpTestServer.start(policy)) {
      HttpResponse<String> response = limited.post(CHAT, chat(",\"stream\":true"));
      assertEquals(429, response.statusCode());
      assertEquals("rate_limit_exceeded", error(response).path("code").asString());
      Map<String, List<String>> headers = response.headers().map();
      assertEquals(List.of("10"), headers.get("x-ratelimit-limit-requests"));
      assertEquals(List.of("0"), headers.get("x-ratelimit-remaining-requests"));
      assertEquals(List.of("6m0s"), headers.get("x-ratelimit-reset-requests"));
      assertEquals(List.of("2"), headers.get("retry-after"));
      assertEquals(List.of("1500"), headers.get("retry-after-ms"));
      assertEquals(List.of("true"), headers.get("x-should-retry"));
    }
  }
}
