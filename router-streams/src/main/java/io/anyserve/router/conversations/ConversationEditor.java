package io.anyserve.router.conversations;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.ConversationCodec;
import io.anyserve.contracts.codec.ConversationKeys;
import io.anyserve.contracts.conversation.Conversation;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.ConversationMessage;
import io.anyserve.contracts.conversation.MessageId;
import io.anyserve.contracts.conversation.MessageOrigin;
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
   * What it does.
   *
   * @throws FailureException where the edit is refused; it has changed nothing then
   */
  EditResult apply(ConversationEdit edit) {
    return switch (edit) {
      case ConversationEdit.Append append -> EditResult.of(append(append));
      case ConversationEdit.Complete(ConversationId id, ConversationMessage answer) ->
          EditResult.of(complete(table.existing(id), answer));
      case ConversationEdit.Rename(ConversationId id, String title) ->
          EditResult.of(rename(table.existing(id), title));
      case ConversationEdit.Rollback(ConversationId id, MessageId to) ->
          EditResult.of(rollback(table.existing(id), to));
      case ConversationEdit.SelectBranch(ConversationId id, MessageId through) ->
          EditResult.of(select(table.existing(id), through));
      case ConversationEdit.Delete(ConversationId id) -> EditResult.deleted(delete(id));
    };
  }

  private Conversation append(ConversationEdit.Append edit) {
    ConversationId id = edit.conversation();
    ConversationMessage message = edit.message();
    Optional<Conversation> found = table.find(id);
    Optional<ConversationMessage> earlier = table.find(id, message.id());
    if (found.isPresent() && earlier.isPresent()) {
      return repeated(found.get(), earlier.get(), message);
    }
    Conversation with =
        message.parent().isPresent() || found.isPresent()
            ? added(table.existing(id), message)
            : Conversation.beginningWith(id, message);
    Conversation appended = edit.answer().map(answer -> answered(with, answer)).orElse(with);
    put(id, message);
    edit.answer().ifPresent(answer -> put(id, answer));
    changes.put(ConversationKeys.of(id), ConversationCodec.encode(appended));
    return appended;
  }

  private Conversation answered(Conversation to, ConversationMessage answer) {
    if (table.find(to.id(), answer.id()).isPresent()) {
      throw conflict("answer", answer.id());
    }
    requireSpace(to);
    return to.with(answer);
  }

  private void put(ConversationId id, ConversationMessage message) {
    changes.put(ConversationKeys.of(id, message.id()), ConversationCodec.encode(message));
  }

  private Conversation complete(Conversation conversation, ConversationMessage answer) {
    ConversationMessage earlier =
        table.existing(conversation.id(), answer.id(), "message.message_id");
    if (!earlier.becomes(answer)) {
      throw conflict("message", answer.id());
    }
    if (earlier.isRunning()) {
      put(conversation.id(), answer.at(earlier.created()));
    }
    return conversation;
  }

  private static Conversation repeated(
      Conversation conversation, ConversationMessage earlier, ConversationMessage message) {
    if (!earlier.sameAs(message)) {
      throw conflict("message", message.id());
    }
    return conversation;
  }

  private static FailureException conflict(String field, MessageId id) {
    return new FailureException(
        FailureCode.IDEMPOTENCY_CONFLICT,
        field + ".message_id: " + id + " (expected: an id that no other message has)");
  }

  private Conversation added(Conversation to, ConversationMessage message) {
    message.parent().ifPresent(parent -> table.existing(to.id(), parent, "message.parent_id"));
    requireSpace(to);
    return to.with(message);
  }

  private static void requireSpace(Conversation to) {
    if (to.messages() == Conversation.MOST_MESSAGES) {
      throw new FailureException(
          FailureCode.TOO_LARGE,
          "session: %s has %d messages (expected: fewer, to add one)"
              .formatted(to.id().session(), to.messages()));
    }
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

  /** Requests of the answers that were running. */
  private List<RequestId> delete(ConversationId id) {
    List<RequestId> running = new ArrayList<>();
    if (table.find(id).isPresent()) {
      List<MessageId> messages = new ArrayList<>();
      table.messages(
          id,
          Optional.empty(),
          message -> {
            message
                .generation()
                .filter(MessageOrigin::isRunning)
                .ifPresent(generation -> running.add(generation.request()));
            return messages.add(message.id());
          });
      messages.forEach(message -> changes.delete(ConversationKeys.of(id, message)));
      changes.delete(ConversationKeys.of(id));
    }
    return running;
  }
}
