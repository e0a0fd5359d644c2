package io.anyserve.loadtest.conversations;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.ConversationCodec;
import io.anyserve.contracts.conversation.ConversationId;
import io.anyserve.contracts.conversation.ConversationMessage;
import io.anyserve.loadtest.PipelineBench;
import io.anyserve.v1.AppendMessageRequest;
import io.anyserve.v1.ConversationServiceGrpc;
import io.anyserve.v1.ConversationServiceGrpc.ConversationServiceBlockingStub;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Calls of an ingress about conversations: lists and histories over HTTP, appends over gRPC.
 * Thread-safe; each call waits for its answer, and is made again while the router is unavailable.
 *
 * @param keys secrets of the tenants' API keys
 */
record ConversationCalls(
    HttpClient client, ManagedChannel channel, int http, Map<TenantId, String> keys)
    implements AutoCloseable {

  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;
  private static final long PAUSE_NANOS = 20_000_000;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Pattern NEXT = Pattern.compile("\"next_cursor\":\"([^\"]+)\"");
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  static ConversationCalls of(ConversationsTarget target, Map<TenantId, String> keys) {
    return new ConversationCalls(
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(),
        PipelineBench.channel(target.ingress().grpc()),
        target.ingress().http(),
        Map.copyOf(keys));
  }

  /**
   * A page of a tenant's conversations, and where the next one begins.
   *
   * @param search empty for all
   * @param cursor of the page before; empty for the first
   */
  Optional<String> sessions(TenantId tenant, String search, String cursor)
      throws IOException, InterruptedException {
    HttpResponse<String> page =
        awaited(
            tenant,
            "/sessions?search="
                + URLEncoder.encode(search, UTF_8)
                + "&cursor="
                + URLEncoder.encode(cursor, UTF_8));
    require(page);
    Matcher next = NEXT.matcher(page.body());
    return next.find() ? Optional.of(next.group(1)) : Optional.empty();
  }

  /** All messages of a conversation. */
  void history(ConversationId id) throws IOException, InterruptedException {
    require(awaited(id.tenant(), "/chat/history/" + id.session()));
  }

  /** Whether it is there and the service can say so. */
  boolean exists(ConversationId id) throws IOException, InterruptedException {
    return get(id.tenant(), "/chat/history/" + id.session()).statusCode() == OK;
  }

  /** Returns when it is added, however often the router had to be asked. */
  void append(ConversationId to, ConversationMessage message) {
    var request =
        AppendMessageRequest.newBuilder()
            .setSession(to.session().value())
            .setMessage(ConversationCodec.write(message))
            .build();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!appended(to.tenant(), request, end)) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** False where it may be tried again: the same message is added once. */
  private boolean appended(TenantId tenant, AppendMessageRequest request, long end) {
    try {
      var _ = appends(tenant).appendMessage(request);
      return true;
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.UNAVAILABLE && System.nanoTime() < end) {
        return false;
      }
      throw e;
    }
  }

  private ConversationServiceBlockingStub appends(TenantId tenant) {
    var headers = new Metadata();
    headers.put(AUTHORIZATION, bearer(tenant));
    return ConversationServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** Asks again while the router is unavailable. */
  private HttpResponse<String> awaited(TenantId tenant, String path)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    HttpResponse<String> response = get(tenant, path);
    while (response.statusCode() == UNAVAILABLE && System.nanoTime() < end) {
      LockSupport.parkNanos(PAUSE_NANOS);
      response = get(tenant, path);
    }
    return response;
  }

  private HttpResponse<String> get(TenantId tenant, String path)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http + path))
            .header("authorization", bearer(tenant))
            .timeout(PATIENCE)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private String bearer(TenantId tenant) {
    String key = keys.get(tenant);
    if (key == null) {
      throw new IllegalArgumentException(
          "tenant: " + tenant + " (expected: one of " + keys.keySet() + ")");
    }
    return "Bearer " + key;
  }

  private static void require(HttpResponse<String> response) throws IOException {
    if (response.statusCode() != OK) {
      throw new IOException(
          "%s: %d %s (expected: 200)"
              .formatted(response.uri(), response.statusCode(), response.body()));
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
    channel.shutdownNow();
  }
}
