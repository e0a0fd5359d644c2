package io.anyserve.router.conversations;

import io.anyserve.contracts.Payload;
import io.anyserve.contracts.conversation.Conversation;
import io.anyserve.contracts.conversation.ConversationMessage;
import io.anyserve.contracts.validation.Preconditions;
import java.util.Locale;
import java.util.Optional;

/**
 * Looks for a text in titles and messages, whatever the case of its letters, for one page: it reads
 * a bounded amount of text. A thread of its own uses it.
 */
public final class TextSearch {

  private static final int LONGEST = 200;

  /** Bytes of texts; the conversation in which they are reached is read to its end. */
  private static final long MOST_BYTES = 16 << 20;

  private final String wanted;
  private long read;
  private boolean found;

  /**
   * Throws IllegalArgumentException where the text is too long.
   *
   * @param wanted empty for all conversations
   */
  public TextSearch(String wanted) {
    Preconditions.that(
        wanted.length() <= LONGEST,
        "search",
        wanted.length() + " characters",
        "at most " + LONGEST);
    this.wanted = lower(wanted);
  }

  boolean all() {
    return wanted.isEmpty();
  }

  /** Whether the page may look at one more conversation. */
  boolean goOn() {
    return read < MOST_BYTES;
  }

  boolean matches(Conversation conversation, ConversationTable table) {
    found = lower(conversation.title()).contains(wanted);
    if (!found) {
      table.messages(conversation.id(), Optional.empty(), this::lookOn);
    }
    return found;
  }

  /** Returns whether to look at the next message. */
  private boolean lookOn(ConversationMessage message) {
    read += message.content().size();
    found = message.content() instanceof Payload.Text(String text) && lower(text).contains(wanted);
    return !found;
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
