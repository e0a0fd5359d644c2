package io.anyserve.ingress.chat;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.v1.AnswerState;
import io.anyserve.v1.AppendMessageRequest;
import io.anyserve.v1.AppendMessageResponse;
import io.anyserve.v1.CompleteMessageRequest;
import io.anyserve.v1.CompleteMessageResponse;
import io.anyserve.v1.Conversation;
import io.anyserve.v1.ConversationMessage;
import io.anyserve.v1.ConversationServiceGrpc.ConversationServiceImplBase;
import io.anyserve.v1.ConversationView;
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
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/** The conversations of a router, in memory and on one page. Thread-safe. */
final class FakeConversations extends ConversationServiceImplBase {

  private final Map<String, Map<String, ConversationMessage>> messages = new LinkedHashMap<>();
  private final Map<String, Conversation> conversations = new LinkedHashMap<>();
  private volatile CountDownLatch completing = new CountDownLatch(0);
  private int failures;
  private int lost;
  private String leafAfterLoss = "";
  private long now = 1_800_000_000_000L;

  /** So many calls find nobody. */
  synchronized void failNext(int calls) {
    failures = calls;
  }

  /** So many calls are carried out without telling the caller. */
  synchronized void loseNext(int calls) {
    lost = calls;
  }

  /**
   * The next message is added without telling the caller, and then somebody goes back to another.
   */
  synchronized void loseNextMessageAndRollBack(String to) {
    leafAfterLoss = to;
  }

  /** Ends of answers arrive when the latch is down. */
  void holdCompletions(CountDownLatch until) {
    completing = until;
  }

  @Override
  public void appendMessage(
      AppendMessageRequest asked, StreamObserver<AppendMessageResponse> caller) {
    tell(
        caller,
        () ->
            AppendMessageResponse.newBuilder()
                .setConversation(append(key(asked.getTenant(), asked.getSession()), asked))
                .build());
  }

  private Conversation append(String key, AppendMessageRequest asked) {
    Map<String, ConversationMessage> tree = tree(key);
    ConversationMessage message = asked.getMessage();
    String parent = message.getParentId();
    if (!parent.isEmpty() && !tree.containsKey(parent)) {
      throw failure(FailureCode.INVALID_REQUEST, "message.parent_id: " + parent);
    }
    Conversation before = conversations.get(key);
    if (before != null && tree.containsKey(message.getMessageId())) {
      return before;
    }
    Conversation.Builder after =
        before == null
            ? Conversation.newBuilder()
                .setTenant(asked.getTenant())
                .setSession(asked.getSession())
                .setTitle(message.getText().substring(0, Math.min(60, message.getText().length())))
                .setCreatedAt(++now)
            : before.toBuilder();
    put(tree, after, message);
    if (asked.hasAnswer()) {
      put(tree, after, asked.getAnswer());
    }
    conversations.put(key, after.build());
    if (!leafAfterLoss.isEmpty()) {
      leaf(key, leafAfterLoss);
      leafAfterLoss = "";
      throw failure(FailureCode.STORE_UNAVAILABLE, "conversations: behind the log");
    }
    return after.build();
  }

  private Map<String, ConversationMessage> tree(String key) {
    return messages.computeIfAbsent(key, _ -> new TreeMap<>());
  }

  private void put(
      Map<String, ConversationMessage> tree,
      Conversation.Builder conversation,
      ConversationMessage message) {
    tree.put(message.getMessageId(), message.toBuilder().setCreatedAt(++now).build());
    conversation
        .setUpdatedAt(now)
        .setCurrentLeaf(message.getMessageId())
        .setMessages(conversation.getMessages() + 1);
  }

  @Override
  public void completeMessage(
      CompleteMessageRequest asked, StreamObserver<CompleteMessageResponse> caller) {
    try {
      completing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    tell(
        caller,
        () -> {
          String key = key(asked.getTenant(), asked.getSession());
          Conversation conversation = existing(key);
          ConversationMessage ended = asked.getMessage();
          tree(key)
              .computeIfPresent(
                  ended.getMessageId(), (_, earlier) -> isRunning(earlier) ? ended : earlier);
          return CompleteMessageResponse.newBuilder().setConversation(conversation).build();
        });
  }

  private static boolean isRunning(ConversationMessage message) {
    return message.getGeneration().getState() == AnswerState.ANSWER_STATE_RUNNING;
  }

  @Override
  public void getConversation(
      GetConversationRequest asked, StreamObserver<GetConversationResponse> caller) {
    tell(
        caller,
        () -> {
          String key = key(asked.getTenant(), asked.getSession());
          Conversation conversation = existing(key);
          var tree = tree(key);
          List<ConversationMessage> found =
              asked.getView() == ConversationView.CONVERSATION_VIEW_TREE
                  ? List.copyOf(tree.values())
                  : path(
                      tree,
                      asked.getMessageId().isEmpty()
                          ? conversation.getCurrentLeaf()
                          : asked.getMessageId());
          return GetConversationResponse.newBuilder()
              .setConversation(conversation)
              .addAllMessages(found)
              .build();
        });
  }

  private static List<ConversationMessage> path(Map<String, ConversationMessage> tree, String end) {
    List<ConversationMessage> path = new ArrayList<>();
    for (String at = end; !at.isEmpty(); at = path.getFirst().getParentId()) {
      ConversationMessage message = tree.get(at);
      if (message == null) {
        throw failure(FailureCode.INVALID_REQUEST, "message_id: " + at);
      }
      path.addFirst(message);
    }
    return path;
  }

  @Override
  public void listConversations(
      ListConversationsRequest asked, StreamObserver<ListConversationsResponse> caller) {
    tell(
        caller,
        () ->
            ListConversationsResponse.newBuilder()
                .addAllConversations(
                    conversations.values().stream()
                        .filter(one -> one.getTenant().equals(asked.getTenant()))
                        .filter(one -> one.getTitle().contains(asked.getSearch()))
                        .toList()
                        .reversed())
                .build());
  }

  @Override
  public void renameConversation(
      RenameConversationRequest asked, StreamObserver<RenameConversationResponse> caller) {
    tell(
        caller,
        () -> {
          String key = key(asked.getTenant(), asked.getSession());
          Conversation after = existing(key).toBuilder().setTitle(asked.getTitle()).build();
          conversations.put(key, after);
          return RenameConversationResponse.newBuilder().setConversation(after).build();
        });
  }

  @Override
  public void rollbackConversation(
      RollbackConversationRequest asked, StreamObserver<RollbackConversationResponse> caller) {
    tell(
        caller,
        () ->
            RollbackConversationResponse.newBuilder()
                .setConversation(
                    leaf(key(asked.getTenant(), asked.getSession()), asked.getMessageId()))
                .build());
  }

  @Override
  public void selectBranch(SelectBranchRequest asked, StreamObserver<SelectBranchResponse> caller) {
    tell(
        caller,
        () ->
            SelectBranchResponse.newBuilder()
                .setConversation(
                    leaf(key(asked.getTenant(), asked.getSession()), asked.getMessageId()))
                .build());
  }

  private Conversation leaf(String key, String message) {
    Conversation after = existing(key).toBuilder().setCurrentLeaf(message).build();
    conversations.put(key, after);
    return after;
  }

  @Override
  public void deleteConversation(
      DeleteConversationRequest asked, StreamObserver<DeleteConversationResponse> caller) {
    tell(
        caller,
        () -> {
          String key = key(asked.getTenant(), asked.getSession());
          conversations.remove(key);
          Map<String, ConversationMessage> tree = messages.remove(key);
          return DeleteConversationResponse.newBuilder()
              .addAllRunning(
                  tree == null
                      ? List.of()
                      : tree.values().stream()
                          .filter(FakeConversations::isRunning)
                          .map(message -> message.getGeneration().getRequestId())
                          .toList())
              .build();
        });
  }

  private Conversation existing(String key) {
    Conversation found = conversations.get(key);
    if (found == null) {
      throw failure(FailureCode.SESSION_NOT_FOUND, "session: " + key);
    }
    return found;
  }

  private static String key(String tenant, String session) {
    return tenant + "/" + session;
  }

  private static RuntimeException failure(FailureCode code, String message) {
    return GrpcStatuses.exception(new Failure(code, message), Map.of());
  }

  private synchronized <R> void tell(StreamObserver<R> caller, Supplier<R> answer) {
    R response;
    try {
      if (failures > 0) {
        failures--;
        throw failure(FailureCode.STORE_UNAVAILABLE, "conversations: moved");
      }
      response = answer.get();
      if (lost > 0) {
        lost--;
        throw failure(FailureCode.STORE_UNAVAILABLE, "conversations: behind the log");
      }
    } catch (RuntimeException e) {
      caller.onError(e);
      return;
    }
    caller.onNext(response);
    caller.onCompleted();
  }
}
