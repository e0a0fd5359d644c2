package io.anyserve.router.conversations.grpc;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.ConversationCodec;
import io.anyserve.contracts.conversation.Conversation;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.MessageId;
import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.router.conversations.ConversationEdit;
import io.anyserve.router.conversations.ConversationReader;
import io.anyserve.router.conversations.ConversationReader.ConversationPage;
import io.anyserve.router.conversations.ConversationReader.MessagePage;
import io.anyserve.router.conversations.Conversations;
import io.anyserve.router.conversations.EditResult;
import io.anyserve.router.conversations.TextSearch;
import io.anyserve.v1.AppendMessageRequest;
import io.anyserve.v1.AppendMessageResponse;
import io.anyserve.v1.CompleteMessageRequest;
import io.anyserve.v1.CompleteMessageResponse;
import io.anyserve.v1.DeleteConversationRequest;
import io.anyserve.v1.DeleteConversationResponse;
import io.anyserve.v1.GetConversationRequest;
import io.anyserve.v1.GetConversationResponse;
import io.anyserve.v1.ListConversationsRequest;
import io.anyserve.v1.ListConversationsResponse;
import io.anyserve.v1.RenameConversationRequest;
import io.anyserve.v1.RenameConversationResponse;
import io.anyserve.v1.RollbackConversationRequest;
import io.anyserve.v1.RollbackConversationResponse;
import io.anyserve.v1.SelectBranchRequest;
import io.anyserve.v1.SelectBranchResponse;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** The calls of the service on this router's own conversations. Thread-safe. */
record ConversationOperations(Conversations conversations, InstantSource clock) {

  private static final int MESSAGES = 100;
  private static final int MOST_MESSAGES = 500;
  private static final int CONVERSATIONS = 50;
  private static final int MOST_CONVERSATIONS = 200;

  AppendMessageResponse append(AppendMessageRequest asked) {
    Instant now = Instant.ofEpochMilli(clock.millis());
    var edit =
        new ConversationEdit.Append(
            id(asked.getTenant(), asked.getSession()),
            ConversationCodec.read(asked.getMessage(), now),
            asked.hasAnswer()
                ? Optional.of(ConversationCodec.read(asked.getAnswer(), now))
                : Optional.empty());
    return AppendMessageResponse.newBuilder().setConversation(edited(edit)).build();
  }

  CompleteMessageResponse complete(CompleteMessageRequest asked) {
    var edit =
        new ConversationEdit.Complete(
            id(asked.getTenant(), asked.getSession()),
            ConversationCodec.read(asked.getMessage(), Instant.ofEpochMilli(clock.millis())));
    return CompleteMessageResponse.newBuilder().setConversation(edited(edit)).build();
  }

  RenameConversationResponse rename(RenameConversationRequest asked) {
    var edit =
        new ConversationEdit.Rename(id(asked.getTenant(), asked.getSession()), asked.getTitle());
    return RenameConversationResponse.newBuilder().setConversation(edited(edit)).build();
  }

  RollbackConversationResponse rollback(RollbackConversationRequest asked) {
    var edit =
        new ConversationEdit.Rollback(
            id(asked.getTenant(), asked.getSession()), new MessageId(asked.getMessageId()));
    return RollbackConversationResponse.newBuilder().setConversation(edited(edit)).build();
  }

  SelectBranchResponse select(SelectBranchRequest asked) {
    var edit =
        new ConversationEdit.SelectBranch(
            id(asked.getTenant(), asked.getSession()), new MessageId(asked.getMessageId()));
    return SelectBranchResponse.newBuilder().setConversation(edited(edit)).build();
  }

  DeleteConversationResponse delete(DeleteConversationRequest asked) {
    EditResult deleted =
        conversations.edit(new ConversationEdit.Delete(id(asked.getTenant(), asked.getSession())));
    return DeleteConversationResponse.newBuilder()
        .addAllRunning(deleted.abandoned().stream().map(RequestId::toString).toList())
        .build();
  }

  private io.anyserve.v1.Conversation edited(ConversationEdit edit) {
    Conversation after =
        conversations
            .edit(edit)
            .conversation()
            .orElseThrow(() -> new IllegalStateException("no conversation after " + edit));
    return ConversationCodec.write(after);
  }

  GetConversationResponse get(GetConversationRequest asked) {
    ConversationId id = id(asked.getTenant(), asked.getSession());
    ConversationReader reader = conversations.reader(id.tenant());
    int size = size(asked.getPageSize(), MESSAGES, MOST_MESSAGES);
    return switch (asked.getView()) {
      case CONVERSATION_VIEW_UNSPECIFIED, CONVERSATION_VIEW_PATH -> {
        MessagePage page = reader.path(id, end(asked), size);
        yield response(page).setNextPageToken(ConversationPageToken.ofPath(page.next())).build();
      }
      case CONVERSATION_VIEW_TREE -> {
        MessagePage page = reader.tree(id, ConversationPageToken.tree(asked.getPageToken()), size);
        yield response(page).setNextPageToken(ConversationPageToken.ofTree(page.next())).build();
      }
      case UNRECOGNIZED ->
          throw Preconditions.refused("view", asked.getViewValue(), "path or tree");
    };
  }

  /** Where a page of a path ends. */
  private static Optional<MessageId> end(GetConversationRequest asked) {
    return ConversationPageToken.path(asked.getPageToken())
        .or(
            () ->
                asked.getMessageId().isEmpty()
                    ? Optional.empty()
                    : Optional.of(new MessageId(asked.getMessageId())));
  }

  private static GetConversationResponse.Builder response(MessagePage page) {
    var response =
        GetConversationResponse.newBuilder()
            .setConversation(ConversationCodec.write(page.conversation()));
    page.messages().forEach(message -> response.addMessages(ConversationCodec.write(message)));
    return response;
  }

  ListConversationsResponse list(ListConversationsRequest asked) {
    TenantId tenant = new TenantId(asked.getTenant());
    ConversationPage page =
        conversations
            .reader(tenant)
            .list(
                tenant,
                new TextSearch(asked.getSearch()),
                ConversationPageToken.list(asked.getPageToken()),
                size(asked.getPageSize(), CONVERSATIONS, MOST_CONVERSATIONS));
    var response =
        ListConversationsResponse.newBuilder()
            .setNextPageToken(ConversationPageToken.ofList(page.next()));
    page.conversations()
        .forEach(found -> response.addConversations(ConversationCodec.write(found)));
    return response.build();
  }

  private static ConversationId id(String tenant, String session) {
    return new ConversationId(new TenantId(tenant), new SessionId(session));
  }

  private static int size(int asked, int otherwise, int most) {
    Preconditions.that(asked >= 0 && asked <= most, "page_size", asked, "0 to " + most);
    return asked == 0 ? otherwise : asked;
  }
}
