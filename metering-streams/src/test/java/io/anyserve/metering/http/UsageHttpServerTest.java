package io.anyserve.metering.http;

import static io.anyserve.metering.http.UsageHttpFixture.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.metering.api.TestKeys;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class UsageHttpServerTest {

  private final UsageHttpFixture server;

  UsageHttpServerTest() throws Exception {
    server = new UsageHttpFixture();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void unknownPathsAndMethodsAreRefused() throws Exception {
    for (String path :
        List.of("/", "/v1", "/v1/usage", "/v1/usage/nothing", "/metrics", "/usager")) {
      HttpResponse<String> answer = server.send(HttpRequest.newBuilder(server.uri(path)));
      assertEquals(404, answer.statusCode(), path);
      assertTrue(error(answer).has("message"), path);
      assertSecured(answer);
    }
    HttpResponse<String> posted =
        server.send(
            server
                .request("tenant", TestKeys.ACME)
                .POST(HttpRequest.BodyPublishers.ofString("{}")));
    assertEquals(405, posted.statusCode());
    assertSecured(posted);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST", "PATCH", "DELETE"})
  void tooLongHeadersAreRefusedInTheFormOfAllRefusals(String method) throws Exception {
    HttpResponse<String> answer =
        server.send(
            server
                .request("me", TestKeys.ACME)
                .header("X-Long", "x".repeat(10_000))
                .method(method, HttpRequest.BodyPublishers.noBody()));
    assertEquals(431, answer.statusCode());
    assertEquals(
        "REQUEST_HEADER_FIELDS_TOO_LARGE", error(answer).path("code").asString(), answer::body);
    assertSecured(answer);
  }

  @Test
  void thePageIsServedAndNothingElseOfTheClassPath() throws Exception {
    HttpResponse<String> file = server.send(HttpRequest.newBuilder(server.uri("/usage/probe.txt")));
    assertEquals("of the page\n", file.body());
    assertSecured(file);
    String tag = file.headers().firstValue("ETag").orElse("");
    HttpResponse<String> again =
        server.send(
            HttpRequest.newBuilder(server.uri("/usage/probe.txt")).header("If-None-Match", tag));
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
      HttpResponse<String> answer = server.send(HttpRequest.newBuilder(server.uri(path)));
      assertTrue(answer.statusCode() == 404 || answer.statusCode() == 400, path);
      assertFalse(answer.body().contains("configuration"), path);
    }
  }

  @Test
  void namesThePortThatIsInUse() {
    try (UsageHttp second = server.api.http(server.http.address(), TestKeys.keys())) {
      IOException refused = assertThrows(IOException.class, second::start);
      assertTrue(
          String.valueOf(refused.getMessage())
              .contains(Integer.toString(server.http.address().getPort())));
    }
  }

  private static void assertSecured(HttpResponse<?> answer) {
    String policy = answer.headers().firstValue("Content-Security-Policy").orElse("");
    assertTrue(policy.startsWith("default-src 'none';"), policy);
    assertFalse(policy.contains("unsafe"), policy);
    assertEquals("nosniff", answer.headers().firstValue("X-Content-Type-Options").orElse(""));
    assertEquals(Optional.empty(), answer.headers().firstValue("Server"));
  }
}
