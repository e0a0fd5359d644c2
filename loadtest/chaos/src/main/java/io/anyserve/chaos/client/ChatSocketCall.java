package io.anyserve.chaos.client;

import io.anyserve.contracts.RequestId;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One answer over a WebSocket of its own: sends the frame that asks for it, and hands on what comes
 * until it is dropped. Thread-safe.
 */
final class ChatSocketCall implements OpenCall, WebSocket.Listener {

  private static final JsonMapper JSON = new JsonMapper();
  private static final int OK = 200;

  private final String first;
  private final boolean resumes;
  private final StreamListener listener;
  private final StringBuilder frame = new StringBuilder();
  private volatile @Nullable WebSocket socket;
  private volatile boolean accepted;
  private volatile boolean over;

  /**
   * @param first sent as soon as the socket is open
   * @param resumes an answer that was asked for before
   */
  ChatSocketCall(String first, boolean resumes, StreamListener listener) {
    this.first = first;
    this.resumes = resumes;
    this.listener = listener;
  }

  @Override
  public void drop() {
    over = true;
    WebSocket open = socket;
    if (open != null) {
      open.abort();
    }
  }

  @Override
  public void onOpen(WebSocket opened) {
    socket = opened;
    if (over) {
      opened.abort();
      return;
    }
    var _ = opened.sendText(first, true);
    opened.request(1);
  }

  /** A frame that cannot be read cuts the answer off. */
  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
    frame.append(part);
    if (last) {
      String text = frame.toString();
      frame.setLength(0);
      try {
        on(JSON.readTree(text));
      } catch (JacksonException | IllegalArgumentException e) {
        failed();
      }
    }
    from.request(1);
    return null;
  }

  private void on(JsonNode message) {
    if (over) {
      return;
    }
    String answer = message.path("answer").asString("");
    switch (message.path("type").asString()) {
      case "accepted" -> {
        accepted = true;
        listener.accepted(
            RequestId.parse(message.path("request").asString()), new Position(answer, "").text());
      }
      case "delta" ->
          listener.piece(
              new Position(answer, message.path("position").asString()).text(),
              message.path("text").asString());
      case "finished" -> finished(message);
      case "failed" -> end(() -> listener.failed(failure(message)));
      default -> {}
    }
  }

  /** An answer that was found again and has failed will not go on, whatever the reason was. */
  private ClientError failure(JsonNode message) {
    return resumes && accepted
        ? ClientError.ended()
        : ClientError.ofHttp(OK, message.path("error").path("code").asString(""));
  }

  private void finished(JsonNode message) {
    if (message.path("finish_reason").asString().equals("cancelled")) {
      end(() -> listener.failed(ClientError.ofHttp(OK, "cancelled")));
    } else {
      long tokens = message.path("usage").path("completion_tokens").asLong(-1);
      end(() -> listener.finished(tokens));
    }
  }

  /** The connection failed, or the server closed it. */
  void failed() {
    end(listener::cut);
  }

  @Override
  public void onError(WebSocket from, Throwable cause) {
    failed();
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    failed();
    return CompletableFuture.completedStage(null);
  }

  private synchronized void end(Runnable word) {
    if (!over) {
      over = true;
      word.run();
      WebSocket open = socket;
      if (open != null) {
        open.abort();
      }
    }
  }

  /**
   * Where a client is in an answer.
   *
   * @param place of the last piece; empty before the first
   */
  record Position(String answer, String place) {

    private static final char SEPARATOR = ' ';

    static Position parse(String text) {
      int end = text.indexOf(SEPARATOR);
      return new Position(text.substring(0, end), text.substring(end + 1));
    }

    String text() {
      return answer + SEPARATOR + place;
    }
  }
}
