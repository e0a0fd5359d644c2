package io.anyserve.contracts.conversation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.Payload;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ConversationTest {

  private static final Instant NOW = Instant.ofEpochMilli(1_800_000_000_000L);
  private static final ConversationId ID =
      new ConversationId(new TenantId("acme"), new SessionId("c1"));

  @Test
  void theFirstTextOfAUserIsTheTitle() {
    Conversation begun = Conversation.beginningWith(ID, message("m1", "system", "Be kind.", NOW));
    assertEquals("", begun.title());
    Conversation asked = begun.with(message("m2", "user", "\n  Why is\tit so? \nTell me.", NOW));
    assertEquals("Why is it so?", asked.title());
    assertEquals("Why is it so?", asked.with(message("m3", "user", "And now?", NOW)).title());
  }

  @Test
  void aLongTextIsCutBetweenCharacters() {
    Conversation begun =
        Conversation.beginningWith(ID, message("m1", "user", "😀".repeat(61), NOW));
    assertEquals("😀".repeat(60) + "...", begun.title());
    assertEquals(
        "😀".repeat(60),
        Conversation.beginningWith(ID, message("m1", "user", "😀".repeat(60), NOW)).title());
  }

  @Test
  void aMessageIsCountedAndBecomesTheLeaf() {
    Conversation one = Conversation.beginningWith(ID, message("m1", "user", "a", NOW));
    assertEquals(new Conversation(ID, "a", NOW, NOW, new MessageId("m1"), 1), one);
    assertEquals(
        new Conversation(ID, "a", NOW, NOW.plusSeconds(1), new MessageId("m2"), 2),
        one.with(message("m2", "assistant", "b", NOW.plusSeconds(1))));
  }

  @Test
  void aClockThatGoesBackDoesNotTakeTheConversationBack() {
    Conversation one = Conversation.beginningWith(ID, message("m1", "user", "a", NOW));
    assertEquals(NOW, one.with(message("m2", "user", "b", NOW.minusSeconds(5))).updated());
  }

  private static ConversationMessage message(String id, String role, String text, Instant at) {
    return new ConversationMessage(
        new MessageId(id), Optional.empty(), role, new Payload.Text(text), Optional.empty(), at);
  }
}
