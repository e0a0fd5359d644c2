package io.anyserve.ingress.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.GrpcStatuses;
import io.anyserve.runtime.auth.ApiKey;
import io.anyserve.runtime.auth.ApiKeyInterceptor;
import io.anyserve.runtime.auth.ApiKeys;
import io.anyserve.v1.AppendMessageRequest;
import io.anyserve.v1.AppendMessageResponse;
import io.anyserve.v1.CompleteMessageRequest;
import io.anyserve.v1.CompleteMessageResponse;
import io.anyserve.v1.Conversation;
import io.anyserve.v1.ConversationMessage;
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
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls about conversations, asked of a router in this process that answers with their tenant. */
@Timeout(180)
final class ConversationServiceTest {

  private static final String KEY = "as_secret";

  private final List<RequestId> stopped = new CopyOnWriteArrayList<>();
  private Server router;
  private RouterClient client;
  private TestServer server;

  @BeforeEach
  void start() throws Exception {
    String name = InProcessServerBuilder.generateName();
    router = InProcessServerBuilder.forName(name).addService(new Router()).build().start();
    client = new RouterClient(Optional.of(() -> InProcessChannelBuilder.forName(name).build()));
    server = start(client);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    client.close();
    router.shutdownNow();
  }

  private TestServer start(RouterClient asked) throws Exception {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(KEY.getBytes(UTF_8));
    var key = new ApiKey("key-1", HexFormat.of().formatHex(hash), new TenantId("acme"));
    return TestServer.start(
        List.of(key), List.of(new ConversationService(asked, stopped::add).bindService()));
  }

  @Test
  void everyCallIsMadeForTheCallersTenant() {
    for (String tenant : List.of("", "acme")) {
      var list = ListConversationsRequest.newBuilder().setTenant(tenant).build();
      assertEquals("acme", asking().listConversations(list).getConversations(0).getTenant());
      var get = GetConversationRequest.newBuilder().setTenant(tenant).build();
      assertEquals("acme", asking().getConversation(get).getConversation().getTenant());
      var append = AppendMessageRequest.newBuilder().setTenant(tenant).build();
      assertEquals("acme", asking().appendMessage(append).getConversation().getTenant());
      var rename = RenameConversationRequest.newBuilder().setTenant(tenant).build();
      assertEquals("acme", asking().renameConversation(rename).getConversation().getTenant());
      var rollback = RollbackConversationRequest.newBuilder().setTenant(tenant).build();
      assertEquals("acme", asking().rollbackConversation(rollback).getConversation().getTenant());
      var select = SelectBranchRequest.newBuilder().setTenant(tenant).build();
      assertEquals("acme", asking().selectBranch(select).getConversation().getTenant());
    }
  }

  @Test
  void anAnswerIsCompletedForTheCallersTenant() {
    var complete = CompleteMessageRequest.getDefaultInstance();
    assertEquals("acme", asking().completeMessage(complete).getConversation().getTenant());
  }

  @Test
  void theRunningAnswersOfADeletedConversationAreStopped() {
    var running = DeleteConversationRequest.newBuilder().setSession("running").build();
    assertEquals(1, asking().deleteConversation(running).getRunningCount());
    assertEquals(List.of(new RequestId(0, 7)), stopped);
  }

  @Test
  void anotherTenantIsRefused() {
    var other = GetConversationRequest.newBuilder().setTenant("umbrella").build();
    assertEquals(
        "PERMISSION_DENIED: tenant: umbrella (expected: acme, or none)",
        failure(stub -> stub.getConversation(other)));
  }

  @Test
  void aCallWithoutKeyIsRefused() {
    var stub =
        ConversationServiceGrpc.newBlockingStub(server.channel())
            .withDeadlineAfter(90, TimeUnit.SECONDS);
    var thrown =
        assertThrows(
            StatusRuntimeException.class,
            () -> stub.listConversations(ListConversationsRequest.getDefaultInstance()));
    assertTrue(TestServer.failure(thrown).startsWith("UNAUTHENTICATED"), thrown::toString);
  }

  @Test
  void theRoutersRefusalIsTold() {
    var gone = DeleteConversationRequest.newBuilder().setSession("gone").build();
    assertEquals(
        "SESSION_NOT_FOUND: gone (of acme)", failure(stub -> stub.deleteConversation(gone)));
  }

  /** Over a transport that takes it. */
  @Test
  void aMessageThatNoRecordHoldsIsRefusedHere() throws Exception {
    String name = InProcessServerBuilder.generateName();
    Server open =
        InProcessServerBuilder.forName(name)
            .intercept(new ApiKeyInterceptor(new ApiKeys(List.of()), Set.of()))
            .addService(StrictParsing.of(new ConversationService(client, _ -> {}).bindService()))
            .build()
            .start();
    ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
    var stub =
        ConversationServiceGrpc.newBlockingStub(channel).withDeadlineAfter(90, TimeUnit.SECONDS);
    var message = ConversationMessage.newBuilder().setText("x".repeat(1 << 20));
    var large = AppendMessageRequest.newBuilder().setMessage(message).build();
    var thrown = assertThrows(StatusRuntimeException.class, () -> stub.appendMessage(large));
    assertEquals(
        "TOO_LARGE: request: 1048593 bytes (expected: at most 1048576)",
        TestServer.failure(thrown));
    channel.shutdownNow();
    open.shutdownNow();
  }

  @Test
  void aRouterThatIsGoneIsUnavailable() {
    router.shutdownNow();
    assertTrue(
        failure(stub -> stub.listConversations(ListConversationsRequest.getDefaultInstance()))
            .startsWith("BROKER_UNAVAILABLE: the router does not answer: UNAVAILABLE"));
  }

  @Test
  void withoutARouterThereAreNoConversations() throws Exception {
    try (TestServer alone = start(new RouterClient(Optional.empty()))) {
      var thrown =
          assertThrows(
              StatusRuntimeException.class,
              () -> asking(alone).listConversations(ListConversationsRequest.getDefaultInstance()));
      assertEquals(
          "UNIMPLEMENTED: conversations are kept by the router; ingress.router is not set",
          TestServer.failure(thrown));
    }
  }

  @Test
  void callsThatHaveEndedFreeTheirPlaces() {
    var list = ListConversationsRequest.getDefaultInstance();
    var gone = DeleteConversationRequest.newBuilder().setSession("gone").build();
    for (int i = 0; i < 300; i++) {
      assertEquals(1, asking().listConversations(list).getConversationsCount());
      assertTrue(failure(stub -> stub.deleteConversation(gone)).startsWith("SESSION_NOT_FOUND"));
    }
  }

  private ConversationServiceBlockingStub asking() {
    return asking(server);
  }

  private static ConversationServiceBlockingStub asking(TestServer of) {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + KEY);
    return ConversationServiceGrpc.newBlockingStub(of.channel())
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .withDeadlineAfter(90, TimeUnit.SECONDS);
  }

  private String failure(Function<ConversationServiceBlockingStub, ?> call) {
    return TestServer.failure(
        assertThrows(StatusRuntimeException.class, () -> call.apply(asking())));
  }

  private static final class Router extends ConversationServiceImplBase {

    @Override
    public void listConversations(
        ListConversationsRequest asked, StreamObserver<ListConversationsResponse> caller) {
      tell(
          caller,
          ListConversationsResponse.newBuilder().addConversations(of(asked.getTenant())).build());
    }

    @Override
    public void getConversation(
        GetConversationRequest asked, StreamObserver<GetConversationResponse> caller) {
      tell(
          caller,
          GetConversationResponse.newBuilder().setConversation(of(asked.getTenant())).build());
    }

    @Override
    public void appendMessage(
        AppendMessageRequest asked, StreamObserver<AppendMessageResponse> caller) {
      tell(
          caller,
          AppendMessageResponse.newBuilder().setConversation(of(asked.getTenant())).build());
    }

    @Override
    public void completeMessage(
        CompleteMessageRequest asked, StreamObserver<CompleteMessageResponse> caller) {
      tell(
          caller,
          CompleteMessageResponse.newBuilder().setConversation(of(asked.getTenant())).build());
    }

    @Override
    public void renameConversation(
        RenameConversationRequest asked, StreamObserver<RenameConversationResponse> caller) {
      tell(
          caller,
          RenameConversationResponse.newBuilder().setConversation(of(asked.getTenant())).build());
    }

    @Override
    public void rollbackConversation(
        RollbackConversationRequest asked, StreamObserver<RollbackConversationResponse> caller) {
      tell(
          caller,
          RollbackConversationResponse.newBuilder().setConversation(of(asked.getTenant())).build());
    }

    @Override
    public void selectBranch(
        SelectBranchRequest asked, StreamObserver<SelectBranchResponse> caller) {
      tell(
          caller, SelectBranchResponse.newBuilder().setConversation(of(asked.getTenant())).build());
    }

    @Override
    public void deleteConversation(
        DeleteConversationRequest asked, StreamObserver<DeleteConversationResponse> caller) {
      if (asked.getSession().equals("running")) {
        tell(
            caller,
            DeleteConversationResponse.newBuilder()
                .addRunning(new RequestId(0, 7).toString())
                .build());
        return;
      }
      var failure =
          new Failure(
              FailureCode.SESSION_NOT_FOUND,
              asked.getSession() + " (of " + asked.getTenant() + ")");
      caller.onError(GrpcStatuses.exception(failure, Map.of()));
    }

    private static Conversation of(String tenant) {
      return Conversation.newBuilder().setTenant(tenant).build();
    }

    private static <R> void tell(StreamObserver<R> caller, R response) {
      caller.onNext(response);
      caller.onCompleted();
    }
  }
}
