package io.anyserve.loadtest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
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

  private static final String CHAT =
      """
      data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}

      data: {"choices":[{"index":0,"delta":{"content":"é \\""},"finish_reason":null}]}

      data: {"choices":[{"index":0,"delta":{"content":"\\\\n"},"finish_reason":null}]}

      data: {"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}

      data: [DONE]

      """;

  private final List<String> texts = new ArrayList<>();
  private final List<String> ends = new ArrayList<>();
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

  @Test
  void aRefusalHasTheCodeOfItsError() {
    AtomicReference<Throwable> failure = new AtomicReference<>(new IOException("none"));
    send(EventFormat.CHAT, heard(ReadingStyle.PLAIN, failure));
    receive(
        response(
            "503 Service Unavailable",
            "{\"error\":{\"message\":\"full\",\"code\":\"overloaded\"}}"),
        7);

    assertEquals("overloaded", code(failure));
  }

  @Test
  void aStreamThatBreaksOffHasTheCodeOfItsError() {
    AtomicReference<Throwable> failure = new AtomicReference<>(new IOException("none"));
    send(EventFormat.CHAT, heard(ReadingStyle.PLAIN, failure));
    receive(
        response(
            "200 OK",
            "event: error\ndata: {\"error\":{\"message\":\"x\",\"code\":\"engine_failed\"}}\n\n"),
        5);

    assertEquals("engine_failed", code(failure));
  }

  @Test
  void theTextOfChatsIsReadWhereItIsAskedFor() {
    send(
        EventFormat.CHAT, heard(new ReadingStyle(0, Duration.ZERO, true), new AtomicReference<>()));
    receive(response("200 OK", CHAT), 1);

    assertEquals(List.of("é \"", "\\n"), texts);
    assertEquals("completed", ends.getLast());
  }

  @Test
  void aCallerHangsUpAfterItsChunks() {
    send(
        EventFormat.COMPLETION,
        heard(new ReadingStyle(1, Duration.ZERO, false), new AtomicReference<>()));
    receive(response("200 OK", EVENTS), 4_096);

    assertEquals(List.of("chunk", "left"), ends);
    assertTrue(!channel.isOpen() && idle.isEmpty());
  }

  @Test
  void aSlowReaderStopsReadingForItsPause() {
    send(
        EventFormat.COMPLETION,
        heard(new ReadingStyle(0, Duration.ofSeconds(2), false), new AtomicReference<>()));
    String events = response("200 OK", EVENTS);
    int half = events.indexOf(": ping");
    receive(events.substring(0, half), 4_096);

    assertFalse(channel.config().isAutoRead());
    channel.advanceTimeBy(2, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertTrue(channel.config().isAutoRead());
    receive(events.substring(half), 4_096);
    assertEquals(List.of("chunk", "chunk", "completed"), ends);
  }

  private StreamProbe heard(ReadingStyle reading, AtomicReference<Throwable> failure) {
    return new StreamProbe() {
      @Override
      public ReadingStyle reading() {
        return reading;
      }

      @Override
      public void chunk(int tokens) {
        ends.add("chunk");
      }

      @Override
      public void told(int tokens) {}

      @Override
      public void text(String text) {
        texts.add(text);
      }

      @Override
      public void failed(Throwable cause) {
        failure.set(cause);
      }

      @Override
      public void completed() {
        ends.add("completed");
      }

      @Override
      public void left() {
        ends.add("left");
      }
    };
  }

  private static String code(AtomicReference<Throwable> failure) {
    return assertInstanceOf(RefusedException.class, failure.get()).code();
  }

  private void send() {
    send(
        EventFormat.COMPLETION,
        new TimedStream(stats, System::nanoTime, System.nanoTime(), () -> {}));
  }

  private void send(EventFormat format, StreamProbe probe) {
    idle.remove(connection);
    connection.send(
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, format.path()),
        format,
        probe);
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
