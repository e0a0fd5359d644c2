package io.anyserve.ingress.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A client of the WebSocket. One thread uses it. */
final class TestSocket implements WebSocket.Listener, AutoCloseable {

  private static final long PATIENCE_SECONDS = 30;

  final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final BlockingQueue<JsonNode> events = new LinkedBlockingQueue<>();
  private final StringBuilder message = new StringBuilder();
  private final WebSocket socket;

  private TestSocket(WebSocket.Builder builder, ChatTestServer server) {
    socket = builder.buildAsync(server.socketAddress(), this).join();
  }

  static TestSocket of(ChatTestServer server) {
    return new TestSocket(builder(server.client).subprotocols(SocketUpgrade.PROTOCOL), server);
  }

  static TestSocket of(ChatTestServer server, WebSocket.Builder builder) {
    return new TestSocket(builder, server);
  }

  static WebSocket.Builder builder(HttpClient client) {
    return client.newWebSocketBuilder();
  }

  String subprotocol() {
    return socket.getSubprotocol();
  }

  void send(String frame) {
    socket.sendText(frame, true).join();
  }

  void send(byte[] frame) {
    socket.sendBinary(ByteBuffer.wrap(frame), true).join();
  }

  WebSocket raw() {
    return socket;
  }

  /** A frame that sends a message. */
  void ask(String conversation, String message, @Nullable String parent, String content) {
    send(
        "{\"type\":\"send\",\"conversation\":\"%s\",\"message\":\"%s\",\"parent\":%s,\"model\":\"story\",\"content\":\"%s\"}"
            .formatted(
                conversation, message, parent == null ? "null" : "\"" + parent + "\"", content));
  }

  /** A frame that asks for the rest of an answer of conversation c1. */
  void resume(String answer, String position) {
    send(
        "{\"type\":\"resume\",\"conversation\":\"c1\",\"answer\":\"%s\",\"position\":\"%s\"}"
            .formatted(answer, position));
  }

  /** The next event, which must be of that type. */
  JsonNode next(String type) throws InterruptedException {
    JsonNode event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertEquals(type, event == null ? "none" : event.path("type").asString(), () -> "" + event);
    return event;
  }

  /** The events of an answer up to its end. */
  List<JsonNode> toEnd() throws InterruptedException {
    List<JsonNode> all = new ArrayList<>();
    while (all.isEmpty() || all.getLast().path("type").asString().equals("delta")) {
      JsonNode event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (event == null) {
        throw new AssertionError("no end: " + all);
      }
      all.add(event);
    }
    return all;
  }

  static String text(List<JsonNode> events) {
    StringBuilder text = new StringBuilder();
    events.forEach(event -> text.append(event.path("text").asString("")));
    return text.toString();
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    message.append(data);
    if (last) {
      events.add(ChatTestServer.json(message.toString()));
      message.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    closed.complete(code);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    closed.completeExceptionally(error);
  }

  @Override
  public void close() {
    socket.abort();
  }
}
