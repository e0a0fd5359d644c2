package io.anyserve.ingress.responses;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.ingress.grpc.RouterClient;
import io.anyserve.ingress.openai.ApiException;
import io.anyserve.ingress.openai.response.ResponseCallReader;
import io.anyserve.ingress.responses.StoredResponse.Settlement;
import io.anyserve.v1.AppendMessageRequest;
import io.anyserve.v1.AppendMessageResponse;
import io.anyserve.v1.Conversation;
import io.anyserve.v1.ConversationMessage;
import io.anyserve.v1.ConversationServiceGrpc.ConversationServiceStub;
import io.anyserve.v1.ConversationView;
import io.anyserve.v1.DeleteConversationRequest;
import io.anyserve.v1.DeleteConversationResponse;
import io.anyserve.v1.GetConversationRequest;
import io.anyserve.v1.GetConversationResponse;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps responses as conversations of their tenant, one each: messages {@code request.N} with what
 * was asked for, and {@code end.N} with how it ended. The pieces of a text are appended last to
 * first, so it is complete when piece 0 is there. Whoever notes an end first decides it.
 *
 * <p>Thread-safe; every call waits for the router and throws FailureException as it says.
 */
final class ResponseStore {

  private static final Logger log = LoggerFactory.getLogger(ResponseStore.class);

  private static final String REQUEST = "request.";
  private static final String END = "end.";

  private final RouterClient router;

  ResponseStore(RouterClient router) {
    this.router = router;
  }

  /** Throws FailureException, UNIMPLEMENTED, where there is no router to keep anything. */
  void requireRouter() {
    ConversationServiceStub _ = router.conversations();
  }

  /** Keeps a new one, or finds what an earlier submission of its idempotency key kept. */
  StoredResponse create(TenantId tenant, StoredResponse response, byte[] body)
      throws InterruptedException {
    String text = ResponseCodec.write(response.place(), body);
    try {
      Conversation kept = append(tenant, response.id(), REQUEST, text, "");
      return new StoredResponse(
          response.id(), response.call(), created(kept), response.place(), Optional.empty());
    } catch (FailureException e) {
      if (e.failure().code() == FailureCode.IDEMPOTENCY_CONFLICT) {
        return find(tenant, response.id()).orElseThrow(() -> e);
      }
      throw e;
    }
  }

  /** The end that counts: the first that was noted. Empty where the response was deleted. */
  Optional<Settlement> settle(TenantId tenant, ResponseId id, ResponseEnd end)
      throws InterruptedException {
    try {
      Conversation kept = append(tenant, id, END, ResponseCodec.write(end), REQUEST + number(0));
      return Optional.of(new Settlement(end, updated(kept)));
    } catch (FailureException e) {
      if (e.failure().code() == FailureCode.SESSION_NOT_FOUND) {
        return Optional.empty();
      }
      if (e.failure().code() == FailureCode.IDEMPOTENCY_CONFLICT) {
        return find(tenant, id).flatMap(StoredResponse::settlement);
      }
      throw e;
    }
  }

  private Conversation append(
      TenantId tenant, ResponseId id, String name, String text, String parent)
      throws InterruptedException {
    List<String> pieces = ResponseCodec.pieces(text);
    Conversation kept = Conversation.getDefaultInstance();
    for (int i = pieces.size() - 1; i >= 0; i--) {
      var message =
          ConversationMessage.newBuilder()
              .setMessageId(name + number(i))
              .setParentId(parent)
              .setRole("system")
              .setText(pieces.get(i));
      var request =
          AppendMessageRequest.newBuilder()
              .setTenant(tenant.value())
              .setSession(id.session().value())
              .setMessage(message)
              .build();
      kept =
          this.<AppendMessageResponse>ask((stub, answer) -> stub.appendMessage(request, answer))
              .getConversation();
    }
    return kept;
  }

  /** Digits enough for the largest body, so that names sort as numbers. */
  private static String number(int piece) {
    return "%05d".formatted(piece);
  }

  /** Empty where the tenant has none of that id. */
  Optional<StoredResponse> find(TenantId tenant, ResponseId id) throws InterruptedException {
    var pieces = new TreeMap<String, String>();
    var request =
        GetConversationRequest.newBuilder()
            .setTenant(tenant.value())
            .setSession(id.session().value())
            .setView(ConversationView.CONVERSATION_VIEW_TREE);
    GetConversationResponse page;
    do {
      Optional<GetConversationResponse> found = page(request.build());
      if (found.isEmpty()) {
        return Optional.empty();
      }
      page = found.get();
      page.getMessagesList()
          .forEach(message -> pieces.put(message.getMessageId(), message.getText()));
      request.setPageToken(page.getNextPageToken());
    } while (!page.getNextPageToken().isEmpty());
    return read(id, page.getConversation(), pieces);
  }

  private Optional<GetConversationResponse> page(GetConversationRequest request)
      throws InterruptedException {
    try {
      return Optional.of(ask((stub, answer) -> stub.getConversation(request, answer)));
    } catch (FailureException e) {
      if (e.failure().code() == FailureCode.SESSION_NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Optional<StoredResponse> read(
      ResponseId id, Conversation kept, NavigableMap<String, String> pieces) {
    try {
      return text(pieces, REQUEST)
          .map(ResponseCodec::readRequest)
          .map(
              request ->
                  new StoredResponse(
                      id,
                      ResponseCallReader.read(request.body().getBytes(UTF_8)),
                      created(kept),
                      request.place(),
                      text(pieces, END)
                          .map(ResponseCodec::readEnd)
                          .map(end -> new Settlement(end, updated(kept)))));
    } catch (IllegalArgumentException | ApiException e) {
      log.warn("The record of response {} cannot be read: {}", id, e.getMessage());
      return Optional.empty();
    }
  }

  private static Optional<String> text(NavigableMap<String, String> pieces, String name) {
    return pieces.containsKey(name + number(0))
        ? Optional.of(String.join("", pieces.subMap(name, name + Character.MAX_VALUE).values()))
        : Optional.empty();
  }

  void delete(TenantId tenant, ResponseId id) throws InterruptedException {
    var request =
        DeleteConversationRequest.newBuilder()
            .setTenant(tenant.value())
            .setSession(id.session().value())
            .build();
    DeleteConversationResponse _ = ask((stub, answer) -> stub.deleteConversation(request, answer));
  }

  private static Instant created(Conversation kept) {
    return Instant.ofEpochMilli(kept.getCreatedAt());
  }

  private static Instant updated(Conversation kept) {
    return Instant.ofEpochMilli(kept.getUpdatedAt());
  }

  private <R> R ask(Call<R> call) throws InterruptedException {
    var answer = new PendingAnswer<R>();
    call.make(router.conversations(), answer);
    return answer.await();
  }

  /** One call of the conversation service. */
  private interface Call<R> {

    void make(ConversationServiceStub stub, StreamObserver<R> answer);
  }
}
