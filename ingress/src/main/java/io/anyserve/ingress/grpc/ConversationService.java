package io.anyserve.ingress.grpc;

import com.google.protobuf.Message;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.RequestId;
import io.anyserve.runtime.auth.Caller;
import io.anyserve.v1.AppendMessageRequest;
import io.anyserve.v1.AppendMessageResponse;
import io.anyserve.v1.CompleteMessageRequest;
import io.anyserve.v1.CompleteMessageResponse;
import io.anyserve.v1.ConversationServiceGrpc.ConversationServiceImplBase;
import io.anyserve.v1.ConversationServiceGrpc.ConversationServiceStub;
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
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * Asks the router about the conversations of the caller's tenant. Nothing is kept here: an ingress
 * needs memory for the calls that are under way only. Never blocks.
 */
public final class ConversationService extends ConversationServiceImplBase {

  /** Calls that may wait for the router at once. */
  private static final int MOST_CALLS = 256;

  /** Bytes of a request; the largest has a message in it. */
  private static final int LARGEST = 1 << 20;

  private final RouterClient router;
  private final Consumer<RequestId> stop;
  private final Semaphore calls = new Semaphore(MOST_CALLS);

  /**
   * @param stop takes the requests of running answers of a conversation that was deleted
   */
  public ConversationService(RouterClient router, Consumer<RequestId> stop) {
    this.router = router;
    this.stop = stop;
  }

  @Override
  public void appendMessage(
      AppendMessageRequest asked, StreamObserver<AppendMessageResponse> caller) {
    var request = asked.toBuilder().setTenant(tenant(asked.getTenant())).build();
    pass(request, caller, ConversationServiceStub::appendMessage);
  }

  @Override
  public void completeMessage(
      CompleteMessageRequest asked, StreamObserver<CompleteMessageResponse> caller) {
    var request = asked.toBuilder().setTenant(tenant(asked.getTenant())).build();
    pass(request, caller, ConversationServiceStub::completeMessage);
  }

  @Override
  public void getConversation(
      GetConversationRequest asked, StreamObserver<GetConversationResponse> caller) {
    var request = asked.toBuilder().setTenant(tenant(asked.getTenant())).build();
    pass(request, caller, ConversationServiceStub::getConversation);
  }

  @Override
  public void listConversations(
      ListConversationsRequest asked, StreamObserver<ListConversationsResponse> caller) {
    var request = asked.toBuilder().setTenant(tenant(asked.getTenant())).build();
    pass(request, caller, ConversationServiceStub::listConversations);
  }

  @Override
  public void renameConversation(
      RenameConversationRequest asked, StreamObserver<RenameConversationResponse> caller) {
    var request = asked.toBuilder().setTenant(tenant(asked.getTenant())).build();
    pass(request, caller, ConversationServiceStub::renameConversation);
  }

  @Override
  public void rollbackConversation(
      RollbackConversationRequest asked, StreamObserver<RollbackConversationResponse> caller) {
    var request = asked.toBuilder().setTenant(tenant(asked.getTenant())).build();
    pass(request, caller, ConversationServiceStub::rollbackConversation);
  }

  @Override
  public void selectBranch(SelectBranchRequest asked, StreamObserver<SelectBranchResponse> caller) {
    var request = asked.toBuilder().setTenant(tenant(asked.getTenant())).build();
    pass(request, caller, ConversationServiceStub::selectBranch);
  }

  @Override
  public void deleteConversation(
      DeleteConversationRequest asked, StreamObserver<DeleteConversationResponse> caller) {
    var request = asked.toBuilder().setTenant(tenant(asked.getTenant())).build();
    pass(
        request,
        caller,
        ConversationServiceStub::deleteConversation,
        deleted -> deleted.getRunningList().forEach(id -> stop.accept(RequestId.parse(id))));
  }

  /** The caller's own. */
  private static String tenant(String asked) {
    String own = Caller.current().tenant().value();
    if (!asked.isEmpty() && !asked.equals(own)) {
      throw new FailureException(
          FailureCode.PERMISSION_DENIED, "tenant: " + asked + " (expected: " + own + ", or none)");
    }
    return own;
  }

  private <Q extends Message, R> void pass(Q request, StreamObserver<R> caller, Call<Q, R> call) {
    pass(request, caller, call, _ -> {});
  }

  private <Q extends Message, R> void pass(
      Q request, StreamObserver<R> caller, Call<Q, R> call, Consumer<R> answered) {
    int bytes = request.getSerializedSize();
    if (bytes > LARGEST) {
      throw new FailureException(
          FailureCode.TOO_LARGE,
          "request: " + bytes + " bytes (expected: at most " + LARGEST + ")");
    }
    ConversationServiceStub stub = router.conversations();
    if (!calls.tryAcquire()) {
      throw new FailureException(
          FailureCode.OVERLOADED,
          "conversations: " + MOST_CALLS + " calls wait for the router already");
    }
    call.make(stub, request, new RelayedResponse<>(caller, answered, calls::release));
  }

  /** One of the methods of the service. */
  private interface Call<Q, R> {

    void make(ConversationServiceStub stub, Q request, StreamObserver<R> response);
  }
}
