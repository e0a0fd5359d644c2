package io.anyserve.router.conversations;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.conversation.Conversation;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.ConversationMessage;
import io.anyserve.contracts.conversation.MessageId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads conversations page by page. A page holds a bounded part of a conversation, or of a tenant's
 * conversations, in memory, however many there are.
 */
public final class ConversationReader {

  /** Conversations whose messages a page of a search reads. */
  static final int MOST_SEARCHED = 256;

  private final ConversationTable table;

  ConversationReader(ConversationTable table) {
    this.table = table;
  }

  /**
   * Messages of a conversation.
   *
   * @param next where the next page begins; empty on the last
   */
  public record MessagePage(
      Conversation conversation, List<ConversationMessage> messages, Optional<MessageId> next) {

    public MessagePage {
      messages = List.copyOf(messages);
    }
  }

  /**
   * Conversations of a tenant.
   *
   * @param next behind which the next page begins; empty on the last
   */
  public record ConversationPage(List<Conversation> conversations, Optional<ListPosition> next) {

    public ConversationPage {
      conversations = List.copyOf(conversations);
    }
  }

  /**
   * The path that leads to a message, its end first: each page is in order, and the next one has
   * the messages before it.
   *
   * @param end the last message wanted; empty for the current leaf
   * @param size of the page, at least 1
   */
  public MessagePage path(ConversationId id, Optional<MessageId> end, int size) {
    Conversation conversation = table.existing(id);
    var page = new MessagePageBuilder(size);
    Optional<MessageId> at = Optional.of(end.orElse(conversation.leaf()));
    while (at.isPresent()) {
      ConversationMessage message = table.existing(id, at.get(), "message_id");
      if (!page.add(message)) {
        break;
      }
      at = message.parent();
    }
    return new MessagePage(conversation, page.messages().reversed(), at);
  }

  /**
   * The messages of all branches by id.
   *
   * @param after the last message of the page before; empty for the first page
   * @param size of the page, at least 1
   */
  public MessagePage tree(ConversationId id, Optional<MessageId> after, int size) {
    Conversation conversation = table.existing(id);
    var page = new MessagePageBuilder(size);
    table.messages(id, after, page::add);
    List<ConversationMessage> messages = page.messages();
    return new MessagePage(
        conversation,
        messages,
        page.more() ? Optional.of(messages.getLast().id()) : Optional.empty());
  }

  /**
   * The tenant's conversations, the one with the newest message first; those that keep a response
   * of the HTTP API are not among them. A page without a search reads one conversation more than it
   * returns. A page of a search reads at most 256 conversations with their messages, and may find
   * none.
   *
   * @param after the last one that the page before has looked at; empty for the first page
   * @param size of the page, at least 1
   */
  public ConversationPage list(
      TenantId tenant, TextSearch search, Optional<ListPosition> after, int size) {
    int most = search.all() ? size : MOST_SEARCHED;
    List<Conversation> candidates = candidates(tenant, after, most + 1);
    List<Conversation> found = new ArrayList<>();
    int examined = 0;
    while (examined < Math.min(most, candidates.size()) && found.size() < size && search.goOn()) {
      Conversation candidate = candidates.get(examined++);
      if (search.matches(candidate, table)) {
        found.add(candidate);
      }
    }
    return new ConversationPage(
        found,
        examined < candidates.size()
            ? Optional.of(ListPosition.of(candidates.get(examined - 1)))
            : Optional.empty());
  }

  private List<Conversation> candidates(TenantId tenant, Optional<ListPosition> after, int most) {
    List<Conversation> candidates = new ArrayList<>();
    table.conversations(
        tenant,
        after,
        conversation -> {
          candidates.add(conversation);
          return candidates.size() < most;
        });
    return candidates;
  }
}
