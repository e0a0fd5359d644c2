package io.anyserve.router.conversations;

import io.anyserve.contracts.conversation.Conversation;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.ConversationMessage;
import io.anyserve.contracts.conversation.MessageId;

/** What a caller changes about a conversation. */
public sealed interface ConversationEdit {

  ConversationId conversation();

  /** Adds a message, and the conversation where there is none. */
  record Append(ConversationId conversation, ConversationMessage message)
      implements ConversationEdit {}

  record Rename(ConversationId conversation, String title) implements ConversationEdit {
    public Rename {
      Conversation.checkTitle(title);
    }
  }

  /** Makes an ancestor of the current leaf the current leaf. */
  record Rollback(ConversationId conversation, MessageId to) implements ConversationEdit {}

  /** Makes the newest message behind that one the current leaf. */
  record SelectBranch(ConversationId conversation, MessageId through) implements ConversationEdit {}

  record Delete(ConversationId conversation) implements ConversationEdit {}
}
