package io.anyserve.ingress.http;

import static io.anyserve.ingress.http.HttpTestServer.CHAT;
import static io.anyserve.ingress.http.HttpTestServer.chat;
import static io.anyserve.ingress.http.HttpTestServer.json;
import static io.anyserve.ingress.http.HttpTestServer.rawPost;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.ingress.response.Events;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** The chat page's files and the view of the system, where keys exist. */
@Timeout(60)
final class PageRoutesTest {

  private static final Pattern NAMED =
      Pattern.compile("(?:(?:src|href)=\"|from '\\.|url\\(\")(?:/assets)?/([a-z0-9.-]+)['\"]");

  /** What would need a weaker policy, would let text become markup, or would go elsewhere. */
  private static final List<String> FORBIDDEN =
      List.of(
          "innerHTML",
          "outerHTML",
          "insertAdjacentHTML",
          "document.write",
          "eval(",
          "new Function",
          "style=",
          "onclick=\"",
          "src=\"http",
          "url(http",
          "import(");

  private final HttpTestServer server;

  PageRoutesTest() throws Exception {
    server = HttpTestServer.start(List.of(TestApiKeys.ACME, TestApiKeys.OTHER));
    server.log.answers(server.log::tellStory);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void thePagesAndEveryFileThatTheyNameNeedNoKey() throws Exception {
    Map<String, String> files = files();
    assertTrue(files.size() > 25, files.keySet().toString());
    assertTrue(files.containsKey("/assets/inter.woff2"), files.keySet().toString());
    for (Map.Entry<String, String> file : files.entrySet()) {
      if (!file.getKey().endsWith(".woff2")) {
        FORBIDDEN.forEach(
            word ->
                assertFalse(
                    file.getValue().contains(word), () -> file.getKey() + " contains " + word));
      }
    }
  }

  /** From the pages on, by what each file names. */
  private Map<String, String> files() throws Exception {
    Map<String, String> found = new LinkedHashMap<>();
    Deque<String> next = new ArrayDeque<>(List.of("/", "/docs"));
    while (!next.isEmpty()) {
      String path = next.pop();
      if (!found.containsKey(path)) {
        HttpResponse<String> response = server.send(server.to(path));
        assertEquals(200, response.statusCode(), path);
        assertEquals(
            type(path),
            response.headers().firstValue("Content-Type").orElse("").replace(" ", ""),
            path);
        assertSecured(response);
        found.put(path, response.body());
        Matcher named = NAMED.matcher(response.body());
        while (named.find()) {
          next.add("/assets/" + named.group(1));
        }
      }
    }
    return found;
  }

  private static String type(String path) {
    return switch (path.substring(path.lastIndexOf('.') + 1)) {
      case "js" -> "text/javascript;charset=utf-8";
      case "css" -> "text/css;charset=utf-8";
      case "svg" -> "image/svg+xml";
      case "woff2" -> "font/woff2";
      default -> "text/html;charset=utf-8";
    };
  }

  private static void assertSecured(HttpResponse<?> response) {
    String policy = response.headers().firstValue("Content-Security-Policy").orElse("");
    assertTrue(policy.startsWith("default-src 'none'; script-src 'self';"), policy);
    assertTrue(policy.contains("trusted-types 'none'"), policy);
    assertFalse(policy.contains("unsafe"), policy);
    assertEquals("nosniff", response.headers().firstValue("X-Content-Type-Options").orElse(""));
    assertEquals("no-cache", response.headers().firstValue("Cache-Control").orElse(""));
  }

  @Test
  void aBrowserThatHasTheFileGetsNoBody() throws Exception {
    HttpResponse<String> first = server.send(server.to("/assets/app.js"));
    String tag = first.headers().firstValue("ETag").orElseThrow();
    HttpResponse<String> again =
        server.send(server.to("/assets/app.js").header("If-None-Match", tag));
    assertEquals(304, again.statusCode());
    assertEquals("", again.body());
    HttpResponse<String> other =
        server.send(server.to("/assets/app.js").header("If-None-Match", "\"x\""));
    assertEquals(200, other.statusCode());
  }

  @Test
  void nothingElseIsServedWithoutAKey() throws Exception {
    for (String path :
        List.of(
            "/index.html",
            "/assets",
            "/assets/nothing.js",
            "/assets/PageFiles.class",
            "/assets/package-info.class",
            "/assets/page/app.js",
            "/assets/%61pp.js/..%2fapp.js",
            "/system")) {
      assertEquals(401, server.send(server.to(path)).statusCode(), path);
    }
    for (String path : List.of("/assets/..%2f..%2fIngress.class", "/assets/%2e%2e/app.js")) {
      int status = server.send(server.to(path)).statusCode();
      assertTrue(status == 400 || status == 401, path + ": " + status);
    }
    HttpResponse<String> posted =
        server.send(server.to("/").POST(HttpRequest.BodyPublishers.noBody()));
    assertEquals(401, posted.statusCode());
  }

  @Test
  void anUnknownFileIsNotFoundWithAKey() throws Exception {
    assertEquals(404, get("/assets/nothing.js", TestApiKeys.ACME_SECRET).statusCode());
  }

  @Test
  void theSystemShowsWorkersAndOnlyTheCallersRequests() throws Exception {
    HttpResponse<String> answer =
        server.send(
            server
                .posting(CHAT, chat(""))
                .header("Authorization", "Bearer " + TestApiKeys.ACME_SECRET));
    assertEquals(200, answer.statusCode());
    JsonNode own = json(get("/system", TestApiKeys.ACME_SECRET));
    assertEquals("w1", own.path("workers").path(0).path("id").asString(""));
    assertEquals("story", own.path("capabilities").path(2).path("id").asString(""));
    assertEquals(2, own.path("capabilities").path(2).path("workers").asInt());
    assertEquals(8, own.path("capabilities").path(2).path("slots").asInt());
    assertEquals(1024, own.path("capabilities").path(2).path("context_length").asInt());
    JsonNode recent = own.path("recent");
    assertEquals(1, recent.size());
    assertEquals(
        answer.headers().firstValue("x-request-id").orElse(""),
        recent.path(0).path("id").asString(""));
    assertEquals("finished", recent.path(0).path("state").asString(""));
    assertEquals(2, recent.path(0).path("usage").path("completion_tokens").asInt());
    JsonNode other = json(get("/system", TestApiKeys.OTHER_SECRET));
    assertEquals(0, other.path("recent").size());
    assertEquals(0, other.path("requests").path("in_flight").asInt());
  }

  @Test
  void aRequestThatNoWorkerTookWaits() throws Exception {
    server.log.answers(_ -> {});
    var open =
        server.client.sendAsync(
            server
                .posting(CHAT, chat(""))
                .header("Authorization", "Bearer " + TestApiKeys.ACME_SECRET)
                .build(),
            HttpResponse.BodyHandlers.ofString());
    await().until(() -> waiting(TestApiKeys.ACME_SECRET) == 1);
    assertEquals(0, waiting(TestApiKeys.OTHER_SECRET));
    server.log.tellStory(server.log.requests.getFirst());
    assertEquals(200, open.get().statusCode());
    assertEquals(0, waiting(TestApiKeys.ACME_SECRET));
  }

  @Test
  void aRequestWhoseClientLeftIsShownAsTheLogHasIt() throws Exception {
    server.log.answers(request -> server.log.emit(request, Events.started()));
    Socket client =
        server.raw(
            rawPost(CHAT, chat(""))
                .replace(
                    "\r\n\r\n",
                    "\r\nAuthorization: Bearer " + TestApiKeys.ACME_SECRET + "\r\n\r\n"));
    await().until(() -> recentState().equals("running"));
    client.close();
    await().until(() -> !server.log.commands.isEmpty());
    assertEquals("running", recentState());
    server.log.emit(server.log.requests.getFirst(), Events.cancelled(CancelReason.CLIENT_GONE));
    assertEquals("cancelled", recentState());
  }

  private String recentState() throws Exception {
    JsonNode recent = json(get("/system", TestApiKeys.ACME_SECRET)).path("recent");
    return recent.path(0).path("state").asString("");
  }

  private int waiting(String secret) throws Exception {
    return json(get("/system", secret)).path("requests").path("waiting").asInt(-1);
  }

  private HttpResponse<String> get(String path, String secret) throws Exception {
    return server.send(server.to(path).header("Authorization", "Bearer " + secret));
  }
}
