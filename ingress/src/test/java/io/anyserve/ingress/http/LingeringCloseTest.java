package io.anyserve.ingress.http;

import static io.anyserve.ingress.http.HttpTestServer.CHAT;
import static io.anyserve.ingress.http.HttpTestServer.isClosedBefore;
import static io.anyserve.ingress.http.HttpTestServer.reader;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.ingress.connection.LingeringClose;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies of refused calls: their clients get the refusal, and not much of them is read. */
@Timeout(90)
final class LingeringCloseTest {

  private static final int MEBIBYTE = 1 << 20;
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final String REFUSED = "HTTP/1.1 413 Payload Too Large";

  @ParameterizedTest
  @ValueSource(ints = {6, 32})
  void aClientThatSendsAllBeforeItReadsGetsTheRefusal(int mebibytes) throws Exception {
    try (var server = HttpTestServer.start();
        Socket socket = server.raw(head("Content-Length: " + (long) mebibytes * MEBIBYTE))) {
      send(socket, mebibytes);
      List<String> lines = reader(socket).lines().toList();
      assertEquals(REFUSED, lines.getFirst());
      assertTrue(lines.contains("Connection: close"), lines::toString);
      assertTrue(lines.getLast().contains("\"code\":\"too_large\""), lines::toString);
      assertEquals(200, server.send(server.to("/v1/models")).statusCode());
    }
  }

  @Test
  void aClientThatSendsInChunksGetsTheRefusalToo() throws Exception {
    try (var server = HttpTestServer.start();
        Socket socket = server.raw(head("Transfer-Encoding: chunked"))) {
      for (int i = 0; i < 6; i++) {
        socket.getOutputStream().write("100000\r\n".getBytes(US_ASCII));
        send(socket, 1);
        socket.getOutputStream().write("\r\n".getBytes(US_ASCII));
      }
      socket.getOutputStream().write("0\r\n\r\n".getBytes(US_ASCII));
      assertEquals(REFUSED, reader(socket).readLine());
    }
  }

  @Test
  void aClientIsNotAskedForABodyThatIsRefused() throws Exception {
    try (var server = HttpTestServer.start();
        Socket socket = server.raw(head("Expect: 100-continue\r\nContent-Length: 6000000"))) {
      assertEquals(REFUSED, reader(socket).readLine());
    }
  }

  @Test
  void aConnectionIsUsedAgainBehindASmallBodyThatNobodyRead() throws Exception {
    String refused = "POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n";
    String next = "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    try (var server = HttpTestServer.start();
        Socket socket = server.raw(refused)) {
      BufferedReader answers = reader(socket);
      assertEquals("HTTP/1.1 404 Not Found", answers.readLine());
      socket.getOutputStream().write(("hello" + next).getBytes(US_ASCII));
      assertTrue(answers.lines().anyMatch(line -> line.endsWith("HTTP/1.1 200 OK")));
    }
  }

  @Test
  void moreThanTheLimitIsCutOff() throws Exception {
    try (var server = limited(1, MEBIBYTE, LONG, LONG);
        Socket socket = server.raw(head("Content-Length: " + 64L * MEBIBYTE))) {
      assertThrows(SocketException.class, () -> send(socket, 64));
    }
  }

  @Test
  void aClientThatSendsNoMoreIsNotWaitedFor() throws Exception {
    try (var server = limited(1, MEBIBYTE, SHORT, LONG);
        Socket socket = server.raw(head("Content-Length: " + MEBIBYTE))) {
      assertEquals(REFUSED, reader(socket).lines().toList().getFirst());
    }
  }

  @Test
  void aClientThatSendsByteByByteIsCutOff() throws Exception {
    try (var server = limited(1, MEBIBYTE, LONG, SHORT);
        Socket socket = server.raw(head("Content-Length: " + MEBIBYTE))) {
      socket.setSoTimeout(20);
      await()
          .atMost(LONG)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> isClosedBefore(socket, 'x'));
    }
  }

  @Test
  void aClientTooManyIsCutOff() throws Exception {
    try (var server = limited(1, MEBIBYTE, LONG, LONG);
        Socket first = server.raw(head("Content-Length: " + MEBIBYTE));
        BufferedReader answer = reader(first)) {
      assertEquals(REFUSED, answer.readLine());
      try (Socket second = server.raw(head("Content-Length: " + MEBIBYTE))) {
        assertEquals(REFUSED, reader(second).lines().toList().getFirst());
      }
    }
  }

  private static HttpTestServer limited(int calls, long bytes, Duration silence, Duration total)
      throws IOException {
    var limits = new LingeringClose.Limits(calls, bytes, silence, total);
    return HttpTestServer.start(new HttpServer.Timeouts(LONG, LONG, limits));
  }

  private static String head(String length) {
    return "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n%s\r\n\r\n"
        .formatted(CHAT, length);
  }

  private static void send(Socket socket, int mebibytes) throws IOException {
    OutputStream out = socket.getOutputStream();
    byte[] piece = new byte[MEBIBYTE];
    for (int i = 0; i < mebibytes; i++) {
      out.write(piece);
    }
  }
}
