package io.anyserve.ingress.responses;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.v1.AppendMessageRequest;
import io.anyserve.v1.AppendMessageResponse;
import io.anyserve.v1.Conversation;
import io.anyserve.v1.ConversationMessage;
import io.anyserve.v1.ConversationServiceGrpc.ConversationServiceImplBase;
import io.anyserve.v1.DeleteConversationRequest;
import io.anyserve.v1.DeleteConversationResponse;
import io.anyserve.v1.DescribeRequestRequest;
import io.anyserve.v1.DescribeRequestResponse;
import io.anyserve.v1.GetConversationRequest;
import io.anyserve.v1.GetConversationResponse;
import io.anyserve.v1.GetRequestResponse;
import io.anyserve.v1.RequestState;
import io.anyserve.v1.RouterServiceGrpc.RouterServiceImplBase;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a router keeps and knows, in memory: as its services promise it. */
final class InMemoryRouter {

  /** Messages by tenant and session, by id. */
  final Map<String, TreeMap<String, ConversationMessage>> conversations = new ConcurrentHashMap<>();

  /** States of requests by their id. */
  final Map<String, DescribeRequestResponse> requests = new ConcurrentHashMap<>();

  private final AtomicLong clock = new AtomicLong(1_800_000_000_000L);
  volatile boolean down;

  void knows(String tenant, String request, RequestState state) {
    requests.put(
        request,
        DescribeRequestResponse.newBuilder()
            .setTenant(tenant)
            .setRequest(GetRequestResponse.newBuilder().setRequestId(request).setState(state))
            .build());
  }

  ConversationServiceImplBase conversationService() {
    return new Conversations();
  }

  RouterServiceImplBase routerService() {
    return new Requests();
  }

  private final class Requests extends RouterServiceImplBase {

    @Override
    public void describeRequest(
        DescribeRequestRequest asked, StreamObserver<DescribeRequestResponse> caller) {
      answer(
          caller,
          () -> {
            @Nullable DescribeRequestResponse known = requests.get(asked.getRequestId());
            if (known == null) {
              throw failure(FailureCode.REQUEST_NOT_FOUND);
            }
            return known;
          });
    }
  }

  private final class Conversations extends ConversationServiceImplBase {

    @Override
    public void appendMessage(
        AppendMessageRequest asked, StreamObserver<AppendMessageResponse> caller) {
      answer(
          caller,
          () ->
              AppendMessageResponse.newBuilder()
                  .setConversation(append(key(asked.getTenant(), asked.getSession()), asked))
                  .build());
    }

    @Override
    public void getConversation(
        GetConversationRequest asked, StreamObserver<GetConversationResponse> caller) {
      answer(caller, () -> page(asked));
    }

    @Override
    public void deleteConversation(
        DeleteConversationRequest asked, StreamObserver<DeleteConversationResponse> caller) {
      answer(
          caller,
          () -> {
            conversations.remove(key(asked.getTenant(), asked.getSession()));
            return DeleteConversationResponse.getDefaultInstance();
          });
    }
  }

  private synchronized Conversation append(String key, AppendMessageRequest asked) {
    ConversationMessage message = asked.getMessage();
    if (!message.getParentId().isEmpty() && !conversations.containsKey(key)) {
      throw failure(FailureCode.SESSION_NOT_FOUND);
    }
    TreeMap<String, ConversationMessage> kept =
        conversations.computeIfAbsent(key, _ -> new TreeMap<>());
    @Nullable ConversationMessage earlier = kept.get(message.getMessageId());
    if (earlier == null) {
      kept.put(
          message.getMessageId(), message.toBuilder().setCreatedAt(clock.addAndGet(1000)).build());
    } else if (!earlier.getText().equals(message.getText())) {
      throw failure(FailureCode.IDEMPOTENCY_CONFLICT);
    }
    return conversation(kept);
  }

  private static Conversation conversation(Map<String, ConversationMessage> kept) {
    List<Long> times = kept.values().stream().map(ConversationMessage::getCreatedAt).toList();
    return Conversation.newBuilder()
        .setCreatedAt(times.stream().mapToLong(Long::longValue).min().orElseThrow())
        .setUpdatedAt(times.stream().mapToLong(Long::longValue).max().orElseThrow())
        .build();
  }

  /** One message a page. */
  private synchronized GetConversationResponse page(GetConversationRequest asked) {
    @Nullable TreeMap<String, ConversationMessage> kept =
        conversations.get(key(asked.getTenant(), asked.getSession()));
    if (kept == null) {
      throw failure(FailureCode.SESSION_NOT_FOUND);
    }
    String last = asked.getPageToken();
    Map.Entry<String, ConversationMessage> next =
        last.isEmpty() ? kept.firstEntry() : kept.higherEntry(last);
    return GetConversationResponse.newBuilder()
        .setConversation(conversation(kept))
        .addMessages(next.getValue())
        .setNextPageToken(kept.higherKey(next.getKey()) == null ? "" : next.getKey())
        .build();
  }

  private static String key(String tenant, String session) {
    return tenant + "/" + session;
  }

  private <R> void answer(StreamObserver<R> caller, Supplier<R> answer) {
    R response;
    try {
      if (down) {
        throw failure(FailureCode.STORE_UNAVAILABLE);
      }
      response = answer.get();
    } catch (RuntimeException e) {
      caller.onError(e);
      return;
    }
    caller.onNext(response);
    caller.onCompleted();
  }

  private static RuntimeException failure(FailureCode code) {
    return GrpcStatuses.exception(new Failure(code, "as told"), Map.of());
  }
}
