package io.anyserve.contracts.conversation;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.contracts.validation.Utf8;
import java.time.Instant;
import java.util.Optional;

/**
 * One message of a conversation.
 *
 * @param parent empty where the message begins the conversation, or another version of it
 * @param role "system", "user", "assistant" or "tool"
 * @param content text, or a reference to an object
 * @param generation of a model's answer
 */
public record ConversationMessage(
    MessageId id,
    Optional<MessageId> parent,
    String role,
    Payload content,
    Optional<MessageOrigin> generation,
    Instant created) {

  /** Bytes of a text in UTF-8, so that a message fits a record. */
  public static final int LONGEST_TEXT = 256 << 10;

  public ConversationMessage {
    ChatMessage.checkRole(role);
    check(content);
    Preconditions.that(
        !parent.equals(Optional.of(id)), "message.parent_id", id, "another message than itself");
    Preconditions.that(
        content.size() == 0 || !generation.map(MessageOrigin::isRunning).orElse(false),
        "message.text",
        content.size() + " bytes",
        "none while the answer is running");
  }

  private static void check(Payload content) {
    switch (content) {
      case Payload.Text(String text) -> {
        long bytes = Utf8.length(text);
        String expected = "at most " + LONGEST_TEXT + "; more in an object";
        Preconditions.that(bytes <= LONGEST_TEXT, "message.text", bytes + " bytes", expected);
      }
      case Payload.ObjectReference _ -> {}
      case Payload.Chat _, Payload.Bytes _ ->
          throw Preconditions.refused(
              "message.content", content.getClass().getSimpleName(), "a text or an object");
    }
  }

  /** Whether it is an answer that has not ended. */
  public boolean isRunning() {
    return generation.map(MessageOrigin::isRunning).orElse(false);
  }

  /** The same answer at its end; only of one that {@link #isRunning}. */
  public ConversationMessage ended(
      String text, TokenUsage usage, Optional<AnswerCost> cost, AnswerState end) {
    return new ConversationMessage(
        id,
        parent,
        role,
        new Payload.Text(text),
        generation.map(origin -> origin.ended(usage, cost, end)),
        created);
  }

  /** Whether the other can be what has become of it: another end of the same answer. */
  public boolean becomes(ConversationMessage other) {
    return id.equals(other.id)
        && parent.equals(other.parent)
        && role.equals(other.role)
        && generation
            .map(MessageOrigin::request)
            .equals(other.generation.map(MessageOrigin::request));
  }

  /** The same, made at another time. */
  public ConversationMessage at(Instant other) {
    return new ConversationMessage(id, parent, role, content, generation, other);
  }

  /** Whether it says the same in the same place, whenever it came. */
  public boolean sameAs(ConversationMessage other) {
    return id.equals(other.id)
        && parent.equals(other.parent)
        && role.equals(other.role)
        && content.equals(other.content)
        && generation.equals(other.generation);
  }
}
