package io.anyserve.ingress.http;

import static io.anyserve.ingress.http.HttpTestServer.CHAT;
import static io.anyserve.ingress.http.HttpTestServer.chat;
import static io.anyserve.ingress.http.HttpTestServer.rawPost;
import static io.anyserve.ingress.http.HttpTestServer.reader;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.ingress.response.Events;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that does not read fills its own connection, its queue, and nothing else. */
@Timeout(120)
final class SlowReaderTest {

  private static final String PIECE = "x".repeat(10_000);

  /** More than the buffers of both sockets take. */
  private static final int PIECES = 2_000;

  @Test
  void whatIsTooMuchToWaitComesFromTheLog() throws Exception {
    try (var server = HttpTestServer.start();
        Socket socket = server.raw(rawPost(CHAT, chat(",\"stream\":true")))) {
      await().atMost(Duration.ofSeconds(60)).until(() -> server.log.requests.size() == 1);
      InferenceRequest request = server.log.requests.getFirst();
      server.log.emit(request, Events.started());
      for (int i = 0; i < PIECES; i++) {
        server.log.emit(request, Events.chunk(i, i + PIECE));
      }
      server.log.emit(request, Events.finished());
      assertTrue(server.meters.counter("anyserve.ingress.replies.overflowed").count() > 0);
      assertEquals(1, server.streams.size());
      List<String> pieces =
          reader(socket)
              .lines()
              .takeWhile(line -> !line.equals("data: [DONE]"))
              .filter(line -> line.contains("\"content\":\"") && line.contains("xxx"))
              .map(line -> line.replaceFirst(".*\"content\":\"(\\d+)x.*", "$1"))
              .toList();
      assertEquals(PIECES, pieces.size());
      for (int i = 0; i < PIECES; i++) {
        assertEquals(Integer.toString(i), pieces.get(i));
      }
      assertEquals(List.of(), server.log.commands);
    }
  }
}
