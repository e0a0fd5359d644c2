package io.anyserve.ingress.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each is refused or bounded, and the next client is served. */
@Timeout(90)
final class HostileChatTest {

  private final ChatTestServer server;

  HostileChatTest() throws Exception {
    server = ChatTestServer.withKeys();
    server.log.answers(server.log::tellStory);
  }

  @AfterEach
  void stop() throws Exception {
    try (TestSocket socket = TestSocket.of(server, withKey())) {
      socket.ask("last", "m1", null, "Once");
      socket.next("accepted");
      assertEquals("w0 w1 ", TestSocket.text(socket.toEnd()));
    }
    server.close();
  }

  private WebSocket.Builder withKey() {
    return TestSocket.builder(server.client)
        .header("Authorization", "Bearer " + ChatTestServer.ACME_SECRET);
  }

  @Test
  void aKeyMayComeAsASubprotocol() {
    String key = Base64.getUrlEncoder().withoutPadding().encodeToString("sk-acme".getBytes(UTF_8));
    var builder =
        TestSocket.builder(server.client)
            .subprotocols(SocketUpgrade.PROTOCOL, "anyserve.key." + key);
    try (TestSocket socket = TestSocket.of(server, builder)) {
      assertEquals(SocketUpgrade.PROTOCOL, socket.subprotocol());
    }
    var keyFirst =
        TestSocket.builder(server.client)
            .subprotocols("anyserve.key." + key, SocketUpgrade.PROTOCOL);
    try (TestSocket socket = TestSocket.of(server, keyFirst)) {
      assertEquals(SocketUpgrade.PROTOCOL, socket.subprotocol());
    }
  }

  @Test
  void withoutAValidKeyThereIsNoSocket() {
    assertEquals(401, refusal(TestSocket.builder(server.client)));
    assertEquals(
        401, refusal(TestSocket.builder(server.client).header("Authorization", "Bearer sk-x")));
    assertEquals(
        401,
        refusal(
            TestSocket.builder(server.client)
                .subprotocols(SocketUpgrade.PROTOCOL, "anyserve.key.%%%".replace("%", "!"))));
    assertEquals(400, refusal(withKey().subprotocols("chat.v9")));
  }

  /** HttpClient sets no Origin, so that these go out by hand. */
  @ParameterizedTest
  @ValueSource(
      strings = {"https://evil.example", "null", "http://localhost.evil.example", "http://[", "x"})
  void anotherSitesPageIsRefused(String origin) throws Exception {
    assertTrue(upgrade(origin).startsWith("HTTP/1.1 403 "), origin);
  }

  @Test
  void theServersOwnAndConfiguredPagesMayConnect() throws Exception {
    String own = "http://127.0.0.1:" + server.server.address().getPort();
    for (String origin : List.of(own, "https://chat.example.org")) {
      assertTrue(upgrade(origin).startsWith("HTTP/1.1 101 "), origin);
    }
  }

  private String upgrade(String origin) throws Exception {
    try (var raw =
        new Socket(InetAddress.getLoopbackAddress(), server.server.address().getPort())) {
      String request =
          """
          GET /chat/ws HTTP/1.1
          Host: 127.0.0.1:%d
          Origin: %s
          Upgrade: websocket
          Connection: Upgrade
          Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
          Sec-WebSocket-Version: 13
          Authorization: Bearer sk-acme

          """
              .formatted(server.server.address().getPort(), origin)
              .replace("\n", "\r\n");
      raw.getOutputStream().write(request.getBytes(UTF_8));
      var reader = new BufferedReader(new InputStreamReader(raw.getInputStream(), UTF_8));
      return String.valueOf(reader.readLine());
    }
  }

  private int refusal(WebSocket.Builder builder) {
    var thrown = assertThrows(CompletionException.class, () -> TestSocket.of(server, builder));
    return assertInstanceOf(WebSocketHandshakeException.class, thrown.getCause())
        .getResponse()
        .statusCode();
  }

  @Test
  void anotherTenantsConversationIsNotThere() throws Exception {
    String answer;
    try (TestSocket socket = TestSocket.of(server, withKey())) {
      socket.ask("c1", "m1", null, "Secret");
      answer = socket.next("accepted").path("answer").asString();
      socket.toEnd();
    }
    try (TestSocket other =
        TestSocket.of(
            server,
            TestSocket.builder(server.client).header("Authorization", "Bearer sk-umbrella"))) {
      other.send(
          "{\"type\":\"resume\",\"conversation\":\"c1\",\"answer\":\"%s\"}".formatted(answer));
      assertEquals("session_not_found", other.next("failed").path("error").path("code").asString());
      other.send("{\"type\":\"stop\",\"answer\":\"%s\"}".formatted(answer));
      assertTrue(other.next("failed").path("error").path("code").asString().length() > 0);
    }
    HttpResponse<String> history =
        server.send(server.to("/chat/history/c1").header("Authorization", "Bearer sk-umbrella"));
    assertEquals(404, history.statusCode());
    assertEquals(401, server.get("/chat/history/c1").statusCode());
    assertEquals(401, server.get("/sessions").statusCode());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "[]",
        "{}",
        "{\"type\":7}",
        "{\"type\":\"shout\"}",
        "{\"type\":\"send\"}",
        "{\"type\":\"stop\",\"answer\":\"a b\"}",
        "{\"type\":\"stop\",\"answer\":\"m1\"}",
        "{\"type\":\"stop\",\"answer\":\"m1\",\"more\":1}",
        "{\"type\":\"stop\",\"type\":\"stop\",\"answer\":\"m1\"}",
        "{\"type\":\"resume\",\"conversation\":\"none\",\"answer\":\"m1\"}",
        "{\"type\":\"send\",\"conversation\":\"c\",\"message\":\"m\",\"model\":\"story\",\"content\":\"\\ud800\"}",
        "{\"type\":\"send\",\"conversation\":\"c\",\"message\":\"m\",\"model\":\"story\",\"content\":\"x\",\"parameters\":{\"n\":2}}",
        "{\"type\":\"send\",\"conversation\":\"c\",\"message\":\"m\",\"model\":\"story\",\"content\":\"x\",\"parameters\":{\"temperature\":9}}",
        "{\"type\":\"send\",\"conversation\":\"c\",\"message\":\"m\",\"model\":\"NO MODEL\",\"content\":\"x\"}",
        "{\"type\":\"send\",\"conversation\":\"c\",\"message\":\"m\",\"parent\":\"p\",\"model\":\"story\",\"content\":\"x\"}"
      })
  void aFrameThatCannotBeCarriedOutIsAnsweredAndTheSocketStaysOpen(String frame) throws Exception {
    try (TestSocket socket = TestSocket.of(server, withKey())) {
      socket.send(frame);
      assertTrue(
          socket.next("failed").path("error").path("message").asString().length() > 5, frame);
      socket.ask("good", "m1", null, "Once");
      socket.next("accepted");
      socket.toEnd();
    }
    assertEquals(1, server.log.requests.size());
  }

  @Test
  void deepJsonIsRefused() throws Exception {
    try (TestSocket socket = TestSocket.of(server, withKey())) {
      socket.send("[".repeat(100_000));
      assertEquals("malformed_json", socket.next("failed").path("error").path("code").asString());
    }
  }

  @Test
  void aBinaryFrameIsRefused() throws Exception {
    try (TestSocket socket = TestSocket.of(server, withKey())) {
      socket.send(new byte[] {1, 2, 3});
      assertEquals("invalid_value", socket.next("failed").path("error").path("code").asString());
    }
  }

  @Test
  void aFrameOfAHundredMegabytesClosesTheSocket() throws Exception {
    try (TestSocket socket = TestSocket.of(server, withKey())) {
      var sent = socket.raw().sendText("x".repeat(100 << 20), true);
      assertEquals(1009, socket.closed.get(60, TimeUnit.SECONDS));
      sent.cancel(true);
    }
  }

  @Test
  void aThousandSendsAreAnsweredOneByOne() throws Exception {
    try (TestSocket socket = TestSocket.of(server, withKey())) {
      server.log.answers(_ -> {});
      for (int i = 0; i < 1000; i++) {
        socket.ask("c" + i, "m1", null, "Once");
      }
      for (int i = 0; i < ChatSocket.MOST_ANSWERS; i++) {
        socket.next("accepted");
      }
      for (int i = ChatSocket.MOST_ANSWERS; i < 1000; i++) {
        assertEquals(
            "rate_limit_exceeded", socket.next("failed").path("error").path("code").asString());
      }
      assertEquals(ChatSocket.MOST_ANSWERS, server.log.requests.size());
      server.log.answers(server.log::tellStory);
    }
  }
}
