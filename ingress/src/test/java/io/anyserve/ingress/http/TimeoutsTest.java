package io.anyserve.ingress.http;

import static io.anyserve.ingress.http.HttpTestServer.CHAT;
import static io.anyserve.ingress.http.HttpTestServer.chat;
import static io.anyserve.ingress.http.HttpTestServer.isClosedBefore;
import static io.anyserve.ingress.http.HttpTestServer.rawPost;
import static io.anyserve.ingress.http.HttpTestServer.reader;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.ingress.connection.LingeringClose;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class TimeoutsTest {

  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofMinutes(5);

  @Test
  void aRequestThatDoesNotComeIsNotWaitedFor() throws Exception {
    try (var server = HttpTestServer.start(timeouts(LONG, SHORT));
        Socket socket = server.raw("GET /v1/models HTTP/1.1\r\nHos")) {
      List<String> lines = reader(socket).lines().toList();
      assertTrue(lines.stream().noneMatch(line -> line.contains("200")), lines::toString);
    }
  }

  @Test
  void aRequestThatComesByteByByteIsNotWaitedFor() throws Exception {
    try (var server = HttpTestServer.start(timeouts(LONG, SHORT));
        Socket socket = server.raw("GET /v1/models HTTP/1.1\r\nX-Slow: ")) {
      socket.setSoTimeout(20);
      await()
          .atMost(LONG)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> isClosedBefore(socket, 'x'));
    }
  }

  private static HttpServer.Timeouts timeouts(Duration idle, Duration firstRequest) {
    return new HttpServer.Timeouts(idle, firstRequest, LingeringClose.Limits.DEFAULT);
  }

  @Test
  void aBodyThatDoesNotComeIsNotWaitedFor() throws Exception {
    try (var server = HttpTestServer.start(timeouts(SHORT, LONG));
        Socket socket = server.raw(rawPost(CHAT, chat("")).replace("}]}", ""))) {
      List<String> lines = reader(socket).lines().toList();
      assertTrue(lines.stream().noneMatch(line -> line.contains("200")), lines::toString);
      assertEquals(List.of(), server.log.requests);
    }
  }

  @Test
  void anIdleConnectionIsClosedButNotOneThatWaitsForItsAnswer() throws Exception {
    try (var server = HttpTestServer.start(timeouts(SHORT, LONG));
        Socket waiting = server.raw(rawPost(CHAT, chat("")))) {
      await().atMost(LONG).until(() -> server.log.requests.size() == 1);
      for (int i = 0; i < 3; i++) {
        try (Socket idle = server.raw("")) {
          assertEquals(-1, reader(idle).read());
        }
      }
      server.log.tellStory(server.log.requests.getFirst());
      assertEquals("HTTP/1.1 200 OK", reader(waiting).readLine());
    }
  }

  @Test
  void aBodyThatTricklesIsTooSlow() {
    assertFalse(RequestBody.isTooSlow(1, Duration.ofSeconds(10)));
    assertTrue(RequestBody.isTooSlow(1, Duration.ofSeconds(11)));
    assertFalse(RequestBody.isTooSlow(64 * 100, Duration.ofSeconds(100)));
    assertTrue(RequestBody.isTooSlow(64 * 100 - 1, Duration.ofSeconds(100)));
  }

  @Test
  void openCallsEndBeforeTheServerDoes() throws Exception {
    var server = HttpTestServer.start();
    try (Socket socket = server.raw(rawPost(CHAT, chat("")))) {
      await().atMost(LONG).until(() -> server.log.requests.size() == 1);
      server.close();
      assertEquals("HTTP/1.1 503 Service Unavailable", reader(socket).readLine());
    }
  }
}
