package io.anyserve.ingress.grpc;

import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.ConversationCodec;
import io.anyserve.contracts.conversation.Conversation;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.ConversationMessage;
import io.anyserve.contracts.conversation.MessageId;
import io.anyserve.v1.AppendMessageRequest;
import io.anyserve.v1.CompleteMessageRequest;
import io.anyserve.v1.ConversationServiceGrpc.ConversationServiceBlockingStub;
import io.anyserve.v1.ConversationView;
import io.anyserve.v1.DeleteConversationRequest;
import io.anyserve.v1.GetConversationRequest;
import io.anyserve.v1.GetConversationResponse;
import io.anyserve.v1.ListConversationsRequest;
import io.anyserve.v1.ListConversationsResponse;
import io.anyserve.v1.RenameConversationRequest;
import io.anyserve.v1.RollbackConversationRequest;
import io.anyserve.v1.SelectBranchRequest;
import io.grpc.StatusRuntimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Conversations, asked of the router by threads that wait for its answer, at most a few seconds.
 * Every call throws {@link FailureException} with what the router refuses, or BROKER_UNAVAILABLE
 * where it does not answer. Thread-safe.
 */
public final class ConversationClient {

  private final RouterClient router;

  public ConversationClient(RouterClient router) {
    this.router = router;
  }

  /**
   * Conversations of a tenant.
   *
   * @param next of the page that follows; empty on the last
   */
  public record ListPage(List<Conversation> conversations, String next) {

    public ListPage {
      conversations = List.copyOf(conversations);
    }
  }

  /**
   * Messages of a conversation.
   *
   * @param next of the page that follows; empty on the last
   */
  public record HistoryPage(
      Conversation conversation, List<ConversationMessage> messages, String next) {

    public HistoryPage {
      messages = List.copyOf(messages);
    }
  }

  /**
   * The tenant's conversations, the one with the newest message first.
   *
   * @param search empty for all
   * @param page of the page before; empty for the first
   * @param size 0 for the usual one
   */
  public ListPage list(TenantId tenant, String search, String page, int size) {
    var asked =
        ListConversationsRequest.newBuilder()
            .setTenant(tenant.value())
            .setSearch(search)
            .setPageToken(page)
            .setPageSize(size)
            .build();
    ListConversationsResponse found = ask(router -> router.listConversations(asked));
    return new ListPage(
        found.getConversationsList().stream().map(ConversationCodec::read).toList(),
        found.getNextPageToken());
  }

  /** All messages, by id. */
  public HistoryPage tree(ConversationId id, String page, int size) {
    return history(get(id, page, size).setView(ConversationView.CONVERSATION_VIEW_TREE).build());
  }

  /**
   * The messages from the beginning to one of them, the newest page first.
   *
   * @param end empty for the current leaf
   */
  public HistoryPage path(ConversationId id, Optional<MessageId> end, String page, int size) {
    return history(
        get(id, page, size)
            .setView(ConversationView.CONVERSATION_VIEW_PATH)
            .setMessageId(end.map(MessageId::value).orElse(""))
            .build());
  }

  private static GetConversationRequest.Builder get(ConversationId id, String page, int size) {
    return GetConversationRequest.newBuilder()
        .setTenant(id.tenant().value())
        .setSession(id.session().value())
        .setPageToken(page)
        .setPageSize(size);
  }

  private HistoryPage history(GetConversationRequest asked) {
    GetConversationResponse found = ask(router -> router.getConversation(asked));
    return new HistoryPage(
        ConversationCodec.read(found.getConversation()),
        found.getMessagesList().stream()
            .map(
                message ->
                    ConversationCodec.read(message, Instant.ofEpochMilli(message.getCreatedAt())))
            .toList(),
        found.getNextPageToken());
  }

  public boolean contains(ConversationId id, MessageId message) {
    try {
      path(id, Optional.of(message), "", 1);
      return true;
    } catch (FailureException e) {
      return switch (e.failure().code()) {
        case SESSION_NOT_FOUND, INVALID_REQUEST -> false;
        default -> throw e;
      };
    }
  }

  /** Adds a message, with an answer that is running. The router sets the times. */
  public Conversation append(
      ConversationId id, ConversationMessage message, Optional<ConversationMessage> answer) {
    var asked =
        AppendMessageRequest.newBuilder()
            .setTenant(id.tenant().value())
            .setSession(id.session().value())
            .setMessage(ConversationCodec.write(message));
    answer.ifPresent(running -> asked.setAnswer(ConversationCodec.write(running)));
    return ConversationCodec.read(
        ask(router -> router.appendMessage(asked.build())).getConversation());
  }

  /** Says how an answer that was running has ended. */
  public void complete(ConversationId id, ConversationMessage answer) {
    var asked =
        CompleteMessageRequest.newBuilder()
            .setTenant(id.tenant().value())
            .setSession(id.session().value())
            .setMessage(ConversationCodec.write(answer))
            .build();
    ask(router -> router.completeMessage(asked));
  }

  public Conversation rename(ConversationId id, String title) {
    var asked =
        RenameConversationRequest.newBuilder()
            .setTenant(id.tenant().value())
            .setSession(id.session().value())
            .setTitle(title)
            .build();
    return ConversationCodec.read(
        ask(router -> router.renameConversation(asked)).getConversation());
  }

  /** Makes an ancestor of the current leaf the current leaf. */
  public Conversation rollback(ConversationId id, MessageId to) {
    var asked =
        RollbackConversationRequest.newBuilder()
            .setTenant(id.tenant().value())
            .setSession(id.session().value())
            .setMessageId(to.value())
            .build();
    return ConversationCodec.read(
        ask(router -> router.rollbackConversation(asked)).getConversation());
  }

  /** Makes the newest message behind that one the current leaf. */
  public Conversation select(ConversationId id, MessageId through) {
    var asked =
        SelectBranchRequest.newBuilder()
            .setTenant(id.tenant().value())
            .setSession(id.session().value())
            .setMessageId(through.value())
            .build();
    return ConversationCodec.read(ask(router -> router.selectBranch(asked)).getConversation());
  }

  /** Returns the requests of answers that were running. */
  public List<RequestId> delete(ConversationId id) {
    var asked =
        DeleteConversationRequest.newBuilder()
            .setTenant(id.tenant().value())
            .setSession(id.session().value())
            .build();
    return ask(router -> router.deleteConversation(asked)).getRunningList().stream()
        .map(RequestId::parse)
        .toList();
  }

  private <R> R ask(Function<ConversationServiceBlockingStub, R> call) {
    try {
      return call.apply(router.awaitedConversations());
    } catch (StatusRuntimeException e) {
      throw new FailureException(RouterClient.failure(e), e);
    }
  }
}
