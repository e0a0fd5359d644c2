package io.anyserve.contracts.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.ReplyTo;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.conversation.AnswerCost;
import io.anyserve.contracts.conversation.AnswerState;
import io.anyserve.contracts.conversation.Conversation;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.ConversationMessage;
import io.anyserve.contracts.conversation.MessageId;
import io.anyserve.contracts.conversation.MessageOrigin;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ConversationCodecTest {

  private static final Instant NOW = Instant.ofEpochMilli(1_800_000_000_123L);
  private static final ConversationId ID =
      new ConversationId(new TenantId("acme"), new SessionId("c:1"));
  private static final Payload TEXT = new Payload.Text("Größe?");
  private static final Payload OBJECT =
      new Payload.ObjectReference(
          new ObjectRef("b", "tenants/acme/k", "v", 9, "ab".repeat(32), "text/plain", NOW));

  @Test
  void aConversationComesBackAsItWas() {
    assertEquals(
        conversation("A title"),
        ConversationCodec.decodeConversation(ConversationCodec.encode(conversation("A title"))));
  }

  @Test
  void messagesComeBackAsTheyWere() {
    var generation =
        Optional.of(new MessageOrigin(new RequestId(1, 2), "tiny", new TokenUsage(5, 6, 1)));
    for (ConversationMessage message :
        List.of(
            message(Optional.empty(), "system", TEXT, Optional.empty()),
            message(Optional.of(new MessageId("m0")), "assistant", TEXT, generation),
            message(Optional.of(new MessageId("m0")), "user", OBJECT, Optional.empty()))) {
      assertEquals(message, ConversationCodec.decodeMessage(ConversationCodec.encode(message)));
    }
  }

  @Test
  void answersComeBackAsTheyWere() {
    for (AnswerState state :
        List.of(
            new AnswerState.Running(NOW),
            new AnswerState.Complete(),
            new AnswerState.Failed(new Failure(FailureCode.RESUME_EXPIRED, "gone")))) {
      var origin =
          new MessageOrigin(
              new RequestId(1, 2),
              "tiny",
              new TokenUsage(5, 6, 1),
              Optional.of(new AnswerCost(70, "EUR", "2026-12")),
              Optional.of(new ReplyTo(3, 400)),
              state);
      ConversationMessage answer =
          message(
              Optional.of(new MessageId("m0")),
              "assistant",
              new Payload.Text(""),
              Optional.of(origin));
      assertEquals(answer, ConversationCodec.decodeMessage(ConversationCodec.encode(answer)));
    }
  }

  @Test
  void aRunningAnswerIsKnownByItsEventsAlone() {
    var running = new AnswerState.Running(NOW);
    assertEquals(
        "generation.reply: none (expected: set while the answer is running)",
        wrong(
            () ->
                new MessageOrigin(
                    new RequestId(1, 2), "tiny", TokenUsage.NONE, Optional.empty(), running)));
    var origin =
        new MessageOrigin(
            new RequestId(1, 2),
            "tiny",
            TokenUsage.NONE,
            Optional.of(new ReplyTo(3, 400)),
            running);
    assertEquals(
        "message.text: 8 bytes (expected: none while the answer is running)",
        wrong(
            () ->
                message(Optional.of(new MessageId("m0")), "assistant", TEXT, Optional.of(origin))));
  }

  @Test
  void anotherKindOfRecordIsRefused() {
    byte[] conversation = ConversationCodec.encode(conversation(""));
    assertEquals(
        "conversation message: record: CONVERSATION (expected: MESSAGE)", refusal(conversation));
    assertEquals("conversation message: empty (expected: a protobuf record)", refusal(null));
    assertEquals(
        "conversation message: record: RECORD_NOT_SET (expected: MESSAGE)",
        refusal(new byte[] {0x1a, 0}));
  }

  private static String refusal(byte @Nullable [] value) {
    return String.valueOf(
        assertThrows(MalformedRecordException.class, () -> ConversationCodec.decodeMessage(value))
            .getMessage());
  }

  @Test
  void contentMustBeThere() {
    var none = io.anyserve.v1.ConversationMessage.newBuilder().setMessageId("m1").setRole("user");
    var thrown =
        assertThrows(
            IllegalArgumentException.class, () -> ConversationCodec.read(none.build(), NOW));
    assertEquals("message.content: not set (expected: one of its kinds)", thrown.getMessage());
  }

  @Test
  void fieldsAreBounded() {
    assertEquals(
        "title: 201 characters (expected: at most 200)",
        wrong(() -> conversation("x".repeat(201))));
    assertEquals(400, conversation("🦊".repeat(200)).title().length());
    assertEquals(
        "title: \"a?b\" (expected: text without control characters)",
        wrong(() -> conversation("a\nb")));
    assertEquals(
        "conversation.messages: 10001 (expected: 1 to 10000)",
        wrong(() -> new Conversation(ID, "", NOW, NOW, new MessageId("m1"), 10_001)));
    assertEquals(
        "conversation.updated_at: 2027-01-15T08:00:00.122Z (expected: at or after"
            + " 2027-01-15T08:00:00.123Z)",
        wrong(() -> new Conversation(ID, "", NOW, NOW.minusMillis(1), new MessageId("m1"), 1)));
    assertEquals(
        "message.role: \"robot\" (expected: system, user, assistant or tool)",
        wrong(() -> message(Optional.empty(), "robot", TEXT, Optional.empty())));
    assertEquals(
        "message.parent_id: m1 (expected: another message than itself)",
        wrong(() -> message(Optional.of(new MessageId("m1")), "user", TEXT, Optional.empty())));
    assertEquals(
        "message.text: 262146 bytes (expected: at most 262144; more in an object)",
        wrong(
            () ->
                message(
                    Optional.empty(),
                    "user",
                    new Payload.Text("ö".repeat(131_073)),
                    Optional.empty())));
    assertEquals(
        "message.content: Bytes (expected: a text or an object)",
        wrong(
            () ->
                message(
                    Optional.empty(),
                    "user",
                    new Payload.Bytes(ByteString.EMPTY, "text/plain"),
                    Optional.empty())));
    assertEquals(
        "generation.model: 257 characters (expected: at most 256)",
        wrong(() -> new MessageOrigin(new RequestId(1, 2), "m".repeat(257), TokenUsage.NONE)));
    assertEquals(
        "cost.cost_micros: -1 (expected: >= 0)", wrong(() -> new AnswerCost(-1, "EUR", "v1")));
    assertEquals(
        "cost.currency: \"euro\" (expected: three letters, ISO 4217)",
        wrong(() -> new AnswerCost(1, "euro", "v1")));
    assertEquals(
        "cost.price_version: \"\" (expected: the version of a price book)",
        wrong(() -> new AnswerCost(1, "EUR", "")));
  }

  @Test
  void keysNameTenantConversationAndMessage() {
    assertEquals("conversation/acme/c:1", new String(ConversationKeys.of(ID), UTF_8));
    assertEquals(
        "message/acme/c:1/m1", new String(ConversationKeys.of(ID, new MessageId("m1")), UTF_8));
    assertTrue(
        new String(ConversationKeys.of(ID), UTF_8)
            .startsWith(new String(ConversationKeys.conversations(), UTF_8)));
    assertTrue(ConversationKeys.isConversation(ConversationKeys.of(ID)));
    assertFalse(ConversationKeys.isConversation(ConversationKeys.of(ID, new MessageId("m1"))));
    assertFalse(ConversationKeys.isConversation(new byte[0]));
    var longer = new ConversationId(ID.tenant(), new SessionId("c:11"));
    assertFalse(
        new String(ConversationKeys.of(longer, new MessageId("m1")), UTF_8)
            .startsWith(new String(ConversationKeys.messages(ID), UTF_8)));
  }

  @Test
  void aRepeatedMessageIsTheSameWheneverItComes() {
    ConversationMessage first = message(Optional.empty(), "user", TEXT, Optional.empty());
    var later =
        new ConversationMessage(
            first.id(), first.parent(), "user", TEXT, Optional.empty(), NOW.plusSeconds(1));
    assertTrue(first.sameAs(later));
    assertFalse(first.sameAs(message(Optional.empty(), "system", TEXT, Optional.empty())));
    assertFalse(first.sameAs(message(Optional.empty(), "user", OBJECT, Optional.empty())));
  }

  private static Conversation conversation(String title) {
    return new Conversation(ID, title, NOW, NOW.plusMillis(5), new MessageId("m1"), 3);
  }

  private static ConversationMessage message(
      Optional<MessageId> parent,
      String role,
      Payload content,
      Optional<MessageOrigin> generation) {
    return new ConversationMessage(new MessageId("m1"), parent, role, content, generation, NOW);
  }

  private static String wrong(org.junit.jupiter.api.function.Executable made) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, made).getMessage());
  }
}
