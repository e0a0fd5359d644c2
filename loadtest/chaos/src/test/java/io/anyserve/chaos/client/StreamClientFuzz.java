package io.anyserve.chaos.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.RequestId;
import io.anyserve.runtime.fuzz.ByteChoices;
import io.anyserve.runtime.fuzz.TextEdits;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Arbitrary server-sent events and frames of a chat: the listener hears exactly one end, and
 * nothing behind it.
 */
public final class StreamClientFuzz {

  private static final TextEdits EVENTS =
      new TextEdits(
          List.of(
              """
              id: e1
              data: {"choices":[{"text":"ab"}]}

              : ping

              data: {"choices":[],"usage":{"completion_tokens":3}}

              data: [DONE]

              """,
              """
              event: error
              data: {"error":{"code":"cancelled"}}

              """),
          List.of(
              "\n", "\n\n", ":", "data:", "data: [DONE]\n\n", "id", "{", "}", "null", "[", "\r"));

  private static final TextEdits FRAMES =
      new TextEdits(
          List.of(
              """
              {"type":"accepted","request":"00000000-0000-0001-0000-000000000002","answer":"a"}
              {"type":"delta","answer":"a","position":"p","text":"x"}
              {"type":"finished","finish_reason":"stop","usage":{"completion_tokens":3}}""",
              """
              {"type":"failed","error":{"code":"overloaded"}}"""),
          List.of("\n", "{", "}", "null", "[]", "\"", ":", "cancelled", "7", "type", "{}"));

  private StreamClientFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    var choices = new ByteChoices(input);
    var ends = new Ends();
    if (choices.flag()) {
      events(text(EVENTS, choices), ends);
    } else {
      frames(text(FRAMES, choices), choices, ends);
    }
    if (ends.count != 1) {
      throw new AssertionError(ends.count + " ends (expected: 1)");
    }
  }

  private static String text(TextEdits edits, ByteChoices choices) {
    return choices.flag() ? edits.text(choices) : new String(choices.rest(), UTF_8);
  }

  private static void events(String text, Ends ends) {
    var call = new EventStreamCall(ends);
    text.lines().forEach(call::onNext);
    call.onComplete();
  }

  private static void frames(String text, ByteChoices choices, Ends ends) {
    var call = new ChatSocketCall("{}", false, ends);
    var socket = new NoSocket();
    for (String line : text.lines().toList()) {
      int cut = choices.below(line.length() + 1);
      call.onText(socket, line.substring(0, cut), false);
      call.onText(socket, line.substring(cut), true);
    }
    call.onClose(socket, WebSocket.NORMAL_CLOSURE, "");
  }

  /** Counts the ends of a stream. */
  private static final class Ends implements StreamListener {

    private int count;

    @Override
    public void accepted(RequestId id, String resumeToken) {
      requireOpen();
    }

    @Override
    public void piece(String resumeToken, String text) {
      requireOpen();
    }

    @Override
    public void finished(long tokens) {
      count++;
    }

    @Override
    public void failed(ClientError error) {
      count++;
    }

    @Override
    public void cut() {
      count++;
    }

    private void requireOpen() {
      if (count > 0) {
        throw new AssertionError("more behind the end");
      }
    }
  }

  /** A socket that sends nothing. */
  private static final class NoSocket implements WebSocket {

    @Override
    public CompletableFuture<WebSocket> sendText(CharSequence data, boolean last) {
      return CompletableFuture.completedFuture(this);
    }

    @Override
    public CompletableFuture<WebSocket> sendBinary(ByteBuffer data, boolean last) {
      return CompletableFuture.completedFuture(this);
    }

    @Override
    public CompletableFuture<WebSocket> sendPing(ByteBuffer message) {
      return CompletableFuture.completedFuture(this);
    }

    @Override
    public CompletableFuture<WebSocket> sendPong(ByteBuffer message) {
      return CompletableFuture.completedFuture(this);
    }

    @Override
    public CompletableFuture<WebSocket> sendClose(int statusCode, String reason) {
      return CompletableFuture.completedFuture(this);
    }

    @Override
    public void request(long n) {}

    @Override
    public String getSubprotocol() {
      return "";
    }

    @Override
    public boolean isOutputClosed() {
      return false;
    }

    @Override
    public boolean isInputClosed() {
      return false;
    }

    @Override
    public void abort() {}
  }
}
