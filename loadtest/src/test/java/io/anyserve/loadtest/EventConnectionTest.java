package io.anyserve.loadtest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EventConnectionTest {

  private static final String EVENTS =
      """
      id: a.1
      data: {"choices":[{"index":0,"text":"é","finish_reason":null}],"usage":null}

      : ping

      data: {"choices":[{"index":0,"text":"b","finish_reason":null}],"usage":null}

      data: {"choices":[{"index":0,"text":"","finish_reason":"length"}],"usage":null}

      data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":10,"total_tokens":13}}

      data: [DONE]

      """;

  private final LoadStats stats = new LoadStats();
  private final Deque<EventConnection> idle = new ArrayDeque<>();
  private final EventConnection connection = new EventConnection(idle);
  private final EmbeddedChannel channel = new EmbeddedChannel(new HttpClientCodec(), connection);

  @AfterEach
  void close() {
    assertFalse(channel.finishAndReleaseAll(), "nothing is left unread");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 64, 4_096})
  void eventsAreCountedWhereverTheBytesAreCut(int bytes) {
    for (int i = 0; i < 2; i++) {
      send();
      receive(response("200 OK", EVENTS), bytes);
    }

    LoadResult result = stats.result(1);
    assertEquals(2, result.finished());
    assertEquals(4, result.chunks());
    assertEquals(20, result.tokens());
    assertEquals("", result.firstFailure());
  }

  @Test
  void anotherStatusFailsTheStreamAndKeepsTheConnection() {
    send();
    receive(response("429 Too Many Requests", "{}"), 4_096);

    assertFailed("status 429 Too Many Requests");
    assertEquals(connection, idle.peek());
  }

  @Test
  void anAnswerThatEndsEarlyFailsTheStream() {
    send();
    receive(response("200 OK", EVENTS.replace("data: [DONE]", ": none")), 4_096);

    assertFailed("the events ended before [DONE]");
  }

  @Test
  void whatIsNoHttpFailsTheStreamAndEndsTheConnection() {
    send();
    receive("220 mail.example ready\r\n\r\n", 4_096);

    assertFailed("");
    assertTrue(!channel.isOpen() && idle.isEmpty());
  }

  @Test
  void aConnectionThatClosesFailsItsStreamAndWaitsForNoOther() {
    send();
    receive(response("200 OK", EVENTS), 4_096);
    send();

    var _ = channel.close();

    assertFailed("the server closed the connection");
    assertTrue(idle.isEmpty());
  }

  private void send() {
    idle.remove(connection);
    connection.send(
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/v1/completions"),
        EventFormat.COMPLETION,
        new TimedStream(stats, System::nanoTime, System.nanoTime(), () -> {}));
    assertTrue(channel.releaseOutbound(), "the request");
  }

  private static String response(String status, String body) {
    return "HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(status, body.getBytes(UTF_8).length, body);
  }

  private void receive(String response, int bytesAtOnce) {
    byte[] bytes = response.getBytes(UTF_8);
    for (int from = 0; from < bytes.length; from += bytesAtOnce) {
      int length = Math.min(bytesAtOnce, bytes.length - from);
      channel.writeInbound(Unpooled.copiedBuffer(bytes, from, length));
    }
  }

  private void assertFailed(String why) {
    LoadResult result = stats.result(1);
    assertEquals(1, result.failed());
    assertTrue(result.firstFailure().contains(why), result.firstFailure());
  }
}
