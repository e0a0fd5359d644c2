package io.anyserve.router.conversations;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.codec.ConversationCodec;
import io.anyserve.contracts.codec.ConversationKeys;
import io.anyserve.contracts.conversation.Conversation;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.ConversationMessage;
import io.anyserve.contracts.conversation.MessageId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;

/** The rules of edits. Each is checked before it changes anything. */
record ConversationEditor(ConversationTable table, PendingChanges changes) {

  private static final Comparator<Child> AGE =
      Comparator.comparing(Child::created).thenComparing(Child::id);

  /** A message without what it says. */
  private record Child(Instant created, MessageId id) {}

  static ConversationEditor of(PendingChanges changes) {
    return new ConversationEditor(new ConversationTable(changes), changes);
  }

  /**
   * The conversation afterwards; empty where it is deleted.
   *
   * @throws FailureException where the edit is refused; it has changed nothing then
   */
  Optional<Conversation> apply(ConversationEdit edit) {
    return switch (edit) {
      case ConversationEdit.Append(ConversationId id, ConversationMessage message) ->
          Optional.of(append(id, message));
      case ConversationEdit.Rename(ConversationId id, String title) ->
          Optional.of(rename(table.existing(id), title));
      case ConversationEdit.Rollback(ConversationId id, MessageId to) ->
          Optional.of(rollback(table.existing(id), to));
      case ConversationEdit.SelectBranch(ConversationId id, MessageId through) ->
          Optional.of(select(table.existing(id), through));
      case ConversationEdit.Delete(ConversationId id) -> delete(id);
    };
  }

  private Conversation append(ConversationId id, ConversationMessage message) {
    Optional<Conversation> found = table.find(id);
    Optional<ConversationMessage> earlier = table.find(id, message.id());
    if (found.isPresent() && earlier.isPresent()) {
      return repeated(found.get(), earlier.get(), message);
    }
    Conversation appended =
        message.parent().isPresent() || found.isPresent()
            ? added(table.existing(id), message)
            : Conversation.beginningWith(id, message);
    changes.put(ConversationKeys.of(id, message.id()), ConversationCodec.encode(message));
    changes.put(ConversationKeys.of(id), ConversationCodec.encode(appended));
    return appended;
  }

  private static Conversation repeated(
      Conversation conversation, ConversationMessage earlier, ConversationMessage message) {
    if (!earlier.sameAs(message)) {
      throw new FailureException(
          FailureCode.IDEMPOTENCY_CONFLICT,
          "message.message_id: " + message.id() + " (expected: an id that no other message has)");
    }
    return conversation;
  }

  private Conversation added(Conversation to, ConversationMessage message) {
    message.parent().ifPresent(parent -> table.existing(to.id(), parent, "message.parent_id"));
    if (to.messages() == Conversation.MOST_MESSAGES) {
      throw new FailureException(
          FailureCode.TOO_LARGE,
          "session: %s has %d messages (expected: fewer, to add one)"
              .formatted(to.id().session(), to.messages()));
    }
    return to.with(message);
  }

  private Conversation rename(Conversation conversation, String title) {
    return save(conversation, conversation.withTitle(title));
  }

  private Conversation rollback(Conversation conversation, MessageId to) {
    Optional<MessageId> at = Optional.of(conversation.leaf());
    for (int i = 0; i < conversation.messages() && at.isPresent(); i++) {
      if (at.get().equals(to)) {
        return save(conversation, conversation.withLeaf(to));
      }
      at = table.find(conversation.id(), at.get()).flatMap(ConversationMessage::parent);
    }
    throw new FailureException(
        FailureCode.INVALID_REQUEST,
        "message_id: " + to + " (expected: a message on the current path)");
  }

  private Conversation select(Conversation conversation, MessageId through) {
    table.existing(conversation.id(), through, "message_id");
    Map<MessageId, MessageId> newest = newestChildren(conversation.id());
    MessageId leaf = through;
    while (newest.containsKey(leaf)) {
      leaf = newest.get(leaf);
    }
    return save(conversation, conversation.withLeaf(leaf));
  }

  /** The newest child of each message that has one. */
  private Map<MessageId, MessageId> newestChildren(ConversationId id) {
    Map<MessageId, Child> children = new HashMap<>();
    table.messages(
        id,
        Optional.empty(),
        message -> {
          Child child = new Child(message.created(), message.id());
          message
              .parent()
              .ifPresent(parent -> children.merge(parent, child, BinaryOperator.maxBy(AGE)));
          return true;
        });
    Map<MessageId, MessageId> newest = new HashMap<>();
    children.forEach((parent, child) -> newest.put(parent, child.id()));
    return newest;
  }

  private Conversation save(Conversation before, Conversation after) {
    if (!after.equals(before)) {
      changes.put(ConversationKeys.of(after.id()), ConversationCodec.encode(after));
    }
    return after;
  }

  private Optional<Conversation> delete(ConversationId id) {
    if (table.find(id).isPresent()) {
      List<MessageId> messages = new ArrayList<>();
      table.messages(id, Optional.empty(), message -> messages.add(message.id()));
      messages.forEach(message -> changes.delete(ConversationKeys.of(id, message)));
      changes.delete(ConversationKeys.of(id));
    }
    return Optional.empty();
  }
}
