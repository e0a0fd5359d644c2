package io.anyserve.worker.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class TextOffsetTest {

  private final TextOffset offset = new TextOffset();

  @Test
  void countsCharactersNotBytes() {
    assertEquals(0, push("f\u00fcr"));
    assertEquals(3, push(" \ud83d\ude00"));
    assertEquals(5, push("!"));
  }

  @Test
  void aPieceThatContinuesACharacterHasThatCharactersPlace() {
    byte[] face = "\ud83d\ude00".getBytes(UTF_8);
    assertEquals(0, push("a"));
    assertEquals(1, offset.push(new byte[] {face[0], face[1]}));
    assertEquals(1, offset.push(new byte[] {face[2]}));
    assertEquals(1, offset.push(new byte[] {face[3], 'b'}));
    assertEquals(3, push("c"));
  }

  @Test
  void piecesWithoutBytesStandWhereTheTextEnds() {
    assertEquals(0, push(""));
    assertEquals(0, offset.push(new byte[] {(byte) 0x80}));
    push("ab");
    assertEquals(2, push(""));
  }

  private int push(String text) {
    return offset.push(text.getBytes(UTF_8));
  }
}
