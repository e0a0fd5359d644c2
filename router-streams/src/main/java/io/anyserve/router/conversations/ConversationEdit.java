package io.anyserve.router.conversations;

import io.anyserve.contracts.conversation.Conversation;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.ConversationMessage;
import io.anyserve.contracts.conversation.MessageId;
import io.anyserve.contracts.validation.Preconditions;
import java.util.Optional;

/** What a caller changes about a conversation. */
public sealed interface ConversationEdit {

  ConversationId conversation();

  /**
   * Adds a message, and the conversation where there is none.
   *
   * @param answer to it, which is running; added with it or not at all
   */
  record Append(
      ConversationId conversation,
      ConversationMessage message,
      Optional<ConversationMessage> answer)
      implements ConversationEdit {

    public Append {
      answer.ifPresent(running -> check(message, running));
    }

    /** Without an answer. */
    public Append(ConversationId conversation, ConversationMessage message) {
      this(conversation, message, Optional.empty());
    }

    private static void check(ConversationMessage message, ConversationMessage answer) {
      Preconditions.that(answer.isRunning(), "answer.generation.state", "ended", "running");
      Preconditions.that(
          answer.parent().equals(Optional.of(message.id())),
          "answer.parent_id",
          answer.parent().map(MessageId::value).orElse("none"),
          message.id().value());
    }
  }

  /** Says how an answer has ended; of one that has ended, nothing changes. */
  record Complete(ConversationId conversation, ConversationMessage answer)
      implements ConversationEdit {

    public Complete {
      Preconditions.that(
          answer.generation().isPresent() && !answer.isRunning(),
          "message.generation.state",
          answer.isRunning() ? "running" : "none",
          "complete or failed");
    }
  }

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
