package io.anyserve.contracts.conversation;

import io.anyserve.contracts.validation.Preconditions;
import java.time.Instant;

/**
 * A conversation without its messages.
 *
 * @param title one line; empty while nobody named it and no user wrote a text
 * @param updated when a message was added last
 * @param leaf the last message of the current path
 * @param messages how many there are over all branches
 */
public record Conversation(
    ConversationId id,
    String title,
    Instant created,
    Instant updated,
    MessageId leaf,
    int messages) {

  /** Characters of a title. */
  public static final int LONGEST_TITLE = 200;

  /** Messages of one conversation, over all branches. */
  public static final int MOST_MESSAGES = 10_000;

  public Conversation {
    checkTitle(title);
    Preconditions.that(
        !updated.isBefore(created), "conversation.updated_at", updated, "at or after " + created);
    Preconditions.that(
        messages >= 1 && messages <= MOST_MESSAGES,
        "conversation.messages",
        messages,
        "1 to " + MOST_MESSAGES);
  }

  /** A new one. */
  public static Conversation beginningWith(ConversationId id, ConversationMessage first) {
    return new Conversation(
        id, ConversationTitle.of(first), first.created(), first.created(), first.id(), 1);
  }

  /** Throws IllegalArgumentException where it is no title. */
  public static void checkTitle(String title) {
    int characters = title.codePointCount(0, title.length());
    Preconditions.that(
        characters <= LONGEST_TITLE,
        "title",
        characters + " characters",
        "at most " + LONGEST_TITLE);
    Preconditions.line("title", title);
  }

  /** The same with one more message, which is the current leaf. */
  public Conversation with(ConversationMessage added) {
    return new Conversation(
        id,
        title.isEmpty() ? ConversationTitle.of(added) : title,
        created,
        added.created().isAfter(updated) ? added.created() : updated,
        added.id(),
        messages + 1);
  }

  /** The same under another title. */
  public Conversation withTitle(String other) {
    return new Conversation(id, other, created, updated, leaf, messages);
  }

  /** The same with another current path. */
  public Conversation withLeaf(MessageId other) {
    return new Conversation(id, title, created, updated, other, messages);
  }
}
