package io.anyserve.ingress.http;

import static io.anyserve.ingress.http.HttpTestServer.CHAT;
import static io.anyserve.ingress.http.HttpTestServer.chat;
import static io.anyserve.ingress.http.HttpTestServer.error;
import static io.anyserve.ingress.http.HttpTestServer.reader;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.ingress.access.AllowedHosts;
import io.anyserve.ingress.access.AllowedOrigins;
import io.anyserve.ingress.access.WebAccess;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
final class CrossOriginTest {

  private static final String PAGE = "https://page.example";

  private final HttpTestServer server;

  CrossOriginTest() throws Exception {
    server =
        HttpTestServer.start(
            new WebAccess(
                AllowedHosts.of("127.0.0.1", Set.of("chat.example")),
                new AllowedOrigins(Set.of(PAGE))));
    server.log.answers(server.log::tellStory);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, 200",
    "127.0.0.1:7407, 200",
    "[::1]:7407, 200",
    "chat.example, 200",
    "evil.example, 421",
    "evil.example:7407, 421",
    "localhost.evil.example, 421",
  })
  void onlyTheServersOwnNamesAreAnswered(String host, int status) throws Exception {
    List<String> lines = get("/v1/models", host);
    assertTrue(lines.getFirst().startsWith("HTTP/1.1 " + status), lines::toString);
    if (status == 421) {
      assertTrue(lines.getLast().contains("misdirected_request"), lines::toString);
      assertTrue(lines.getLast().contains("allowed-hosts"), lines::toString);
    }
  }

  @Test
  void theNameInATargetCountsAsTheOneInTheHeader() throws Exception {
    List<String> foreign = get("http://evil.example/v1/models", "evil.example");
    assertTrue(foreign.getFirst().startsWith("HTTP/1.1 421"), foreign::toString);
    List<String> two = get("http://localhost/v1/models", "evil.example");
    assertTrue(two.getFirst().startsWith("HTTP/1.1 4"), two::toString);
    List<String> own = get("http://localhost/v1/models", "localhost");
    assertTrue(own.getFirst().startsWith("HTTP/1.1 200"), own::toString);
  }

  private List<String> get(String target, String host) throws Exception {
    try (Socket socket =
        server.raw(
            "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(target, host))) {
      return reader(socket).lines().toList();
    }
  }

  @Test
  void aListedPageMayAskAndCall() throws Exception {
    HttpResponse<String> preflight = server.send(preflight(PAGE));
    assertEquals(204, preflight.statusCode());
    assertEquals(Optional.of(PAGE), header(preflight, "Access-Control-Allow-Origin"));
    assertEquals(
        Optional.of("authorization,x-stainless-os"),
        header(preflight, "Access-Control-Allow-Headers"));
    assertTrue(header(preflight, "Access-Control-Allow-Methods").orElse("").contains("POST"));
    assertEquals(Optional.of("Origin"), header(preflight, "Vary"));
    HttpResponse<String> call = server.send(server.posting(CHAT, chat("")).header("Origin", PAGE));
    assertEquals(200, call.statusCode());
    assertEquals(Optional.of(PAGE), header(call, "Access-Control-Allow-Origin"));
    assertTrue(header(call, "Access-Control-Expose-Headers").orElse("").contains("x-request-id"));
  }

  @Test
  void anotherPageMayNeitherAskNorCallNorRead() throws Exception {
    for (String origin : List.of("https://evil.example", "null", "http://page.example")) {
      HttpResponse<String> preflight = server.send(preflight(origin));
      assertEquals(403, preflight.statusCode(), origin);
      assertEquals("origin_not_allowed", error(preflight).path("code").asString());
      HttpResponse<String> call =
          server.send(server.posting(CHAT, chat("")).header("Origin", origin));
      assertEquals(403, call.statusCode(), origin);
      HttpResponse<String> read = server.send(server.to("/v1/models").header("Origin", origin));
      for (HttpResponse<String> response : List.of(preflight, call, read)) {
        assertEquals(Optional.empty(), header(response, "Access-Control-Allow-Origin"), origin);
      }
    }
    assertEquals(List.of(), server.log.requests);
  }

  @Test
  void aPageOfThisServerMayCall() throws Exception {
    String own = "http://127.0.0.1:" + server.server.address().getPort();
    assertEquals(
        200, server.send(server.posting(CHAT, chat("")).header("Origin", own)).statusCode());
  }

  private HttpRequest.Builder preflight(String origin) {
    return server
        .to(CHAT)
        .method("OPTIONS", BodyPublishers.noBody())
        .header("Origin", origin)
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "authorization,x-stainless-os");
  }

  private static Optional<String> header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name);
  }
}
