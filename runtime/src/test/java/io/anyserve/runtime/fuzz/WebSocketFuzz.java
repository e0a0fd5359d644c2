package io.anyserve.runtime.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends bytes to a WebSocket. The server answers the handshake in the form of HTTP and everything
 * behind it with messages of JSON that tell of no failure of its own, and closes in the end.
 *
 * @param handshake that is good
 * @param messages of clients
 */
public record WebSocketFuzz(ServerFuzz server, String handshake, JsonEdits messages) {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MOST_FRAMES = 6;
  private static final int GOING_AWAY = 1001;
  private static final List<String> PIECES =
      List.of(
          "\r\n",
          ": ",
          ",",
          "13",
          "websocket",
          "Upgrade",
          "close",
          "anyserve.key.",
          "anyserve.chat.v1",
          "=",
          "\0",
          "\u00ff",
          "permessage-deflate",
          "Sec-WebSocket-Extensions: permessage-deflate\r\n",
          "Sec-WebSocket-Protocol: a, b\r\n",
          "Content-Length: 5\r\n",
          "Origin: null\r\n");

  public void read(byte[] input) throws Exception {
    var choices = new ByteChoices(input);
    switch (choices.below(4)) {
      case 0, 1 -> exchange(handshake + goodFrames(choices), false);
      case 2 -> exchange(handshake + brokenFrames(choices), true);
      default -> {
        String edited = new TextEdits(List.of(handshake), PIECES).text(choices);
        exchange(edited + new String(choices.rest(), ISO_8859_1), true);
      }
    }
  }

  private String goodFrames(ByteChoices choices) throws Exception {
    var frames = new StringBuilder();
    for (int i = choices.below(MOST_FRAMES); i >= 0; i--) {
      String payload = server.filled(messages.text(choices));
      frames.append(
          switch (choices.below(4)) {
            case 0, 1 -> WebSocketFrames.text(payload);
            case 2 -> WebSocketFrames.fragments(payload, choices.below(payload.length() + 1));
            default -> WebSocketFrames.any(choices, payload);
          });
    }
    return frames + WebSocketFrames.close(GOING_AWAY);
  }

  private String brokenFrames(ByteChoices choices) throws Exception {
    var frames = new StringBuilder();
    for (int i = choices.below(MOST_FRAMES); i >= 0; i--) {
      String payload = server.filled(messages.text(choices));
      frames.append(
          choices.flag()
              ? WebSocketFrames.text(payload)
              : WebSocketFrames.broken(choices, payload));
    }
    return frames.append(new String(choices.rest(), ISO_8859_1)).toString();
  }

  private void exchange(String bytes, boolean ends) throws Exception {
    try {
      List<HttpAnswer> answers = HttpAnswer.parse(server.exchange(bytes, ends));
      answers.forEach(AnswerChecks::check);
      answers.stream()
          .filter(HttpAnswer::isUpgrade)
          .flatMap(answer -> ServerFrames.messages(answer.body().getBytes(ISO_8859_1)).stream())
          .forEach(WebSocketFuzz::check);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("answer to: " + bytes, e);
    }
  }

  private static void check(String message) {
    JsonNode json = JSON.readTree(message);
    boolean internal = json.at("/error/code").asString("").equals("internal");
    if (internal || !json.path("type").isString()) {
      throw new AssertionError("message: " + message);
    }
  }
}
