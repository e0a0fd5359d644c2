package io.anyserve.router.conversations.grpc;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.router.conversations.Conversations;
import io.anyserve.router.conversations.Conversations.Owner;
import io.anyserve.router.status.PeerRouters;
import io.anyserve.v1.AppendMessageRequest;
import io.anyserve.v1.AppendMessageResponse;
import io.anyserve.v1.CompleteMessageRequest;
import io.anyserve.v1.CompleteMessageResponse;
import io.anyserve.v1.ConversationServiceGrpc;
import io.anyserve.v1.ConversationServiceGrpc.ConversationServiceBlockingStub;
import io.anyserve.v1.ConversationServiceGrpc.ConversationServiceImplBase;
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
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.HostInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers calls about conversations: here where this router has the tenant's, else from the router
 * that has them. Thread-safe; a call may wait for the broker or the other router.
 */
public final class ConversationGrpcService extends ConversationServiceImplBase {

  private static final Logger log = LoggerFactory.getLogger(ConversationGrpcService.class);
  private static final int PEER_SECONDS = 4;

  private final Conversations conversations;
  private final ConversationOperations here;
  private final PeerRouters others;

  public ConversationGrpcService(
      Conversations conversations, PeerRouters others, InstantSource clock) {
    this.conversations = conversations;
    this.here = new ConversationOperations(conversations, clock);
    this.others = others;
  }

  /** For a server. */
  public ServerServiceDefinition definition() {
    return ServerInterceptors.intercept(this, new ForwardedCall());
  }

  @Override
  public void appendMessage(
      AppendMessageRequest asked, StreamObserver<AppendMessageResponse> caller) {
    answer(asked.getTenant(), caller, () -> here.append(asked), peer -> peer.appendMessage(asked));
  }

  @Override
  public void completeMessage(
      CompleteMessageRequest asked, StreamObserver<CompleteMessageResponse> caller) {
    answer(
        asked.getTenant(), caller, () -> here.complete(asked), peer -> peer.completeMessage(asked));
  }

  @Override
  public void getConversation(
      GetConversationRequest asked, StreamObserver<GetConversationResponse> caller) {
    answer(asked.getTenant(), caller, () -> here.get(asked), peer -> peer.getConversation(asked));
  }

  @Override
  public void listConversations(
      ListConversationsRequest asked, StreamObserver<ListConversationsResponse> caller) {
    answer(
        asked.getTenant(), caller, () -> here.list(asked), peer -> peer.listConversations(asked));
  }

  @Override
  public void renameConversation(
      RenameConversationRequest asked, StreamObserver<RenameConversationResponse> caller) {
    answer(
        asked.getTenant(),
        caller,
        () -> here.rename(asked),
        peer -> peer.renameConversation(asked));
  }

  @Override
  public void rollbackConversation(
      RollbackConversationRequest asked, StreamObserver<RollbackConversationResponse> caller) {
    answer(
        asked.getTenant(),
        caller,
        () -> here.rollback(asked),
        peer -> peer.rollbackConversation(asked));
  }

  @Override
  public void selectBranch(SelectBranchRequest asked, StreamObserver<SelectBranchResponse> caller) {
    answer(asked.getTenant(), caller, () -> here.select(asked), peer -> peer.selectBranch(asked));
  }

  @Override
  public void deleteConversation(
      DeleteConversationRequest asked, StreamObserver<DeleteConversationResponse> caller) {
    answer(
        asked.getTenant(),
        caller,
        () -> here.delete(asked),
        peer -> peer.deleteConversation(asked));
  }

  private <R> void answer(
      String tenant,
      StreamObserver<R> caller,
      Supplier<R> local,
      Function<ConversationServiceBlockingStub, R> remote) {
    R response;
    try {
      response = ask(new TenantId(tenant), local, remote);
    } catch (RuntimeException | Error e) {
      caller.onError(status(e));
      return;
    }
    caller.onNext(response);
    caller.onCompleted();
  }

  private <R> R ask(
      TenantId tenant, Supplier<R> local, Function<ConversationServiceBlockingStub, R> remote) {
    return switch (conversations.owner(tenant)) {
      case Owner.Here() -> local.get();
      case Owner.There(HostInfo router) -> {
        if (ForwardedCall.current()) {
          throw new FailureException(
              FailureCode.STORE_UNAVAILABLE, "conversations: partitions move between routers");
        }
        yield there(router, remote);
      }
    };
  }

  private <R> R there(HostInfo router, Function<ConversationServiceBlockingStub, R> remote) {
    try {
      return remote.apply(
          ConversationServiceGrpc.newBlockingStub(others.channel(router))
              .withInterceptors(ForwardedCall.marking())
              .withDeadlineAfter(PEER_SECONDS, TimeUnit.SECONDS));
    } catch (StatusRuntimeException e) {
      Failure failure =
          GrpcStatuses.read(e)
              .orElseGet(
                  () ->
                      new Failure(
                          FailureCode.STORE_UNAVAILABLE,
                          "conversations: the router at %s:%d does not answer: %s"
                              .formatted(router.host(), router.port(), e.getStatus().getCode())));
      throw new FailureException(failure, e);
    }
  }

  private static StatusRuntimeException status(Throwable thrown) {
    Failure failure =
        switch (thrown) {
          case FailureException e -> e.failure();
          case InvalidStateStoreException _ ->
              new Failure(
                  FailureCode.STORE_UNAVAILABLE,
                  "conversations: the store moves to another router or is restored");
          case IllegalArgumentException e ->
              new Failure(FailureCode.INVALID_REQUEST, String.valueOf(e.getMessage()));
          default -> {
            log.error("A call about conversations failed unexpectedly", thrown);
            yield Failure.unforeseen();
          }
        };
    return GrpcStatuses.exception(failure, Map.of());
  }
}
