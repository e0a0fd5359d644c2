package io.anyserve.ingress.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who gets no WebSocket is told why, and begins no session. */
@Timeout(60)
final class SocketRefusalTest {

  private final ChatTestServer server;

  SocketRefusalTest() throws Exception {
    server = ChatTestServer.withKeys();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "401, invalid_api_key, Authorization: Bearer sk-x",
    "403, origin_not_allowed, Origin: https://evil.example",
    "421, misdirected_request, Host: evil.example",
  })
  void theRefusalHasABody(int status, String code, String header) throws Exception {
    String head = answer(header);
    assertTrue(head.startsWith("HTTP/1.1 " + status + " "), head);
    assertTrue(head.contains("\"code\":\"" + code + "\""), head);
    assertTrue(head.contains("X-Content-Type-Options: nosniff\r\n"), head);
    assertEquals(-1, head.indexOf("Set-Cookie"), head);
  }

  /** Of a good handshake but for one header. */
  private String answer(String header) throws Exception {
    String good =
        """
        GET /chat/ws HTTP/1.1
        Host: localhost
        Connection: Upgrade
        Upgrade: websocket
        Sec-WebSocket-Version: 13
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
        Authorization: Bearer sk-acme
        Origin: http://localhost

        """;
    String name = header.substring(0, header.indexOf(' '));
    String request = good.replaceFirst("(?m)^" + name + " .*$", header).replace("\n", "\r\n");
    try (var socket =
        new Socket(server.server.address().getAddress(), server.server.address().getPort())) {
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(UTF_8));
      socket.shutdownOutput();
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
