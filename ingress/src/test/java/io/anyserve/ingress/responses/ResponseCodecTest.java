package io.anyserve.ingress.responses;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.ingress.responses.output.OutputItem;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ResponseCodecTest {

  @Test
  void aRequestIsReadAsItWasWritten() {
    var place =
        new StoredResponse.Place(
            new ReplyTo(3, 77), new SessionId("s:1"), Instant.ofEpochMilli(1_234));
    String body = "{\"input\":\"a\nb é\"}";
    assertEquals(
        new ResponseCodec.Request(place, body),
        ResponseCodec.readRequest(ResponseCodec.write(place, body.getBytes(UTF_8))));
  }

  @ParameterizedTest
  @EnumSource
  void anEndIsReadAsItWasWritten(ResponseStatus status) {
    List<OutputItem> text = OutputItem.text("\ntwo\nlines\n");
    var end = new ResponseEnd(status, text, new TokenUsage(5, 6, 1), Optional.empty());
    assertEquals(end, ResponseCodec.readEnd(ResponseCodec.write(end)));
  }

  @Test
  void whatIsMoreThanTextIsReadAsItWasWritten() {
    List<OutputItem> output =
        List.of(
            new OutputItem.Reasoning(0, "Hm.\n"),
            new OutputItem.Message(0, "I look."),
            new OutputItem.FunctionCall(0, "call_1", "look", "{\"a\": \"\\n\"}"),
            new OutputItem.FunctionCall(1, "call_2", "look", "{"),
            new OutputItem.Message(1, ""));
    var end =
        new ResponseEnd(
            ResponseStatus.INCOMPLETE, output, new TokenUsage(5, 6, 1), Optional.empty());
    assertEquals(end, ResponseCodec.readEnd(ResponseCodec.write(end)));
  }

  @Test
  void aFailureKeepsItsCodeAndMessage() {
    var end = ResponseEnd.failed(new Failure(FailureCode.ENGINE_FAILED, "two\nlines"));
    ResponseEnd read = ResponseCodec.readEnd(ResponseCodec.write(end));
    assertEquals(Optional.of(new Failure(FailureCode.ENGINE_FAILED, "two lines")), read.failure());
    assertEquals(List.of(), read.output());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "2 completed 1 1 0 -\n\n",
        "2 completed 1 1 0 -\n\n[[\"a\"]]",
        "3 completed 1 1 0 -\n\n",
        "1 completed 1 1 -\n\n",
        "1 a 1 1 0 -\n"
      })
  void whatIsNoEndIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> ResponseCodec.readEnd(text));
  }

  @Test
  void piecesAreBoundedAndCutNoCharacter() {
    String text = "x" + "\uD83D\uDE00".repeat(ResponseCodec.PIECE);
    List<String> pieces = ResponseCodec.pieces(text);
    assertEquals(text, String.join("", pieces));
    assertEquals(3, pieces.size());
    for (String piece : pieces) {
      assertTrue(piece.length() <= ResponseCodec.PIECE);
      assertEquals(piece, new String(piece.getBytes(UTF_8), UTF_8));
    }
    assertEquals(List.of(""), ResponseCodec.pieces(""));
  }
}
