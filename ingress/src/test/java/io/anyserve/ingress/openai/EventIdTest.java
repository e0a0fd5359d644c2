package io.anyserve.ingress.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EventIdTest {

  @Test
  void comesBackFromItsText() {
    for (CompletionKind kind : CompletionKind.values()) {
      String fingerprint = StreamIdentity.fingerprint("story", "m");
      var stream = StreamIdentity.of(kind, "r", 7, "story-2.5", fingerprint);
      EventId id = EventId.of(stream, "a_B-9", kind == CompletionKind.CHAT);
      assertEquals(Optional.of(id), EventId.parse(id.toString()));
      assertEquals(stream, id.stream("r"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "token",
        "t.c.7.u.fp_0123456789.",
        "t.c.7.u.fp_0123456789.-x",
        "t.c.7.u.fp_012345678.story",
        "t.c.-7.u.fp_0123456789.story",
        "t.x.7.u.fp_0123456789.story",
        "t.c.7.u.fp_0123456789.story\n",
      })
  void otherTextIsNone(String text) {
    assertEquals(Optional.empty(), EventId.parse(text));
  }
}
