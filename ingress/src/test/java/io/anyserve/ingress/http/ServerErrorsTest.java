package io.anyserve.ingress.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused before it is a call is told like every other refusal. */
@Timeout(60)
final class ServerErrorsTest {

  private final HttpTestServer server;

  ServerErrorsTest() throws Exception {
    server = HttpTestServer.start();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "X-1"})
  void callsOfEveryMethodAreToldWhatIsWrong(String method) throws Exception {
    HttpResponse<String> response =
        server.send(
            server
                .to("/v1/models")
                .header("X-Long", "x".repeat(16_400))
                .method(method, BodyPublishers.noBody()));
    assertEquals(431, response.statusCode());
    assertRefused("headers_too_large", response);
  }

  @Test
  void aCallThatLooksLikeAWebSocketBeginsNoSession() throws Exception {
    HttpResponse<String> response =
        server.send(server.to("/v1/models").header("Sec-WebSocket-Version", "13"));
    assertEquals(404, response.statusCode());
    assertRefused("not_found", response);
    assertEquals(Optional.empty(), response.headers().firstValue("Set-Cookie"));
  }

  private static void assertRefused(String code, HttpResponse<String> response) {
    assertEquals(code, HttpTestServer.error(response).path("code").asString(), response::toString);
    SecurityHeaders.ALL.forEach(
        (name, value) ->
            assertTrue(
                response.headers().firstValue(name).equals(Optional.of(value)),
                () -> name + ": " + response.headers()));
  }
}
