package io.anyserve.ingress.chat;

import io.anyserve.runtime.fuzz.FuzzedServer;
import io.anyserve.runtime.fuzz.HttpCalls;
import io.anyserve.runtime.fuzz.HttpCalls.Call;
import io.anyserve.runtime.fuzz.HttpFuzz;
import io.anyserve.runtime.fuzz.JsonEdits;
import io.anyserve.runtime.fuzz.ServerFuzz;
import io.anyserve.runtime.fuzz.WebSocketFuzz;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The chat's WebSocket, and its sessions over HTTP, as bytes. */
public final class ChatSocketFuzz {

  private static final ServerFuzz SERVER =
      new ServerFuzz("GET /v1/models HTTP/1.1", ChatSocketFuzz::start);

  private static final String HANDSHAKE =
      """
      GET /chat/ws HTTP/1.1
      Host: localhost
      Upgrade: websocket
      Connection: Upgrade
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
      Sec-WebSocket-Version: 13
      Sec-WebSocket-Protocol: anyserve.chat.v1, anyserve.key.c2stYWNtZQ

      """
          .replace("\n", "\r\n");

  private static final WebSocketFuzz SOCKETS = new WebSocketFuzz(SERVER, HANDSHAKE, ChatSeeds.LIKE);

  private static final String SESSION = "/chat/history/c1";

  private static final JsonEdits CHANGES =
      new JsonEdits(
          List.of("{\"title\":\"A\"}", "{\"current\":\"{answer}\"}", "{\"message\":\"{answer}\"}"),
          List.of("title", "current", "message"),
          List.of("null", "\"\"", "\"m1\"", "\"a b\"", "1", "{}", "\"\\ud800\""));

  private static final HttpCalls CALLS =
      new HttpCalls(
          List.of(
              new Call("GET", "/sessions?search=Once&limit=2&cursor=x"),
              new Call("GET", SESSION),
              new Call("PATCH", SESSION, CHANGES),
              new Call("POST", SESSION + "/rollback", CHANGES),
              new Call("GET", SESSION + "/export"),
              new Call("DELETE", "/chat/history/c2")),
          List.of(),
          List.of("Upgrade: websocket", "Sec-WebSocket-Version: 13"));

  private static final HttpFuzz HTTP =
      new HttpFuzz(SERVER, CALLS, List.of("GET %s HTTP/1.1\r\n\r\n".formatted(SESSION)));

  private ChatSocketFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    if (input.length == 0) {
      return;
    }
    byte[] rest = Arrays.copyOfRange(input, 1, input.length);
    if ((input[0] & 3) == 3) {
      HTTP.read(rest);
    } else {
      SOCKETS.read(rest);
    }
  }

  /** Throws for what the server has not ended. */
  static void end() throws Exception {
    SERVER.end();
  }

  private static FuzzedServer start() throws Exception {
    ChatTestServer server = ChatTestServer.start();
    server.log.answers(server.log::tellStory);
    try (TestSocket socket = TestSocket.of(server)) {
      socket.ask("c1", "m1", null, "Once");
      JsonNode accepted = socket.next("accepted");
      JsonNode delta = socket.next("delta");
      socket.toEnd();
      return new FuzzedServer(
          server.server.address(),
          server.streams::size,
          Map.of(
              "{answer}",
              accepted.path("answer").asString(),
              "{token}",
              delta.path("position").asString()),
          server);
    }
  }
}
