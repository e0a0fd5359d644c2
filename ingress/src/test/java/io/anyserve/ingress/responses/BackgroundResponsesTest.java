package io.anyserve.ingress.responses;

import static io.anyserve.ingress.responses.ResponseAssertions.ONCE;
import static io.anyserve.ingress.responses.ResponseAssertions.assertError;
import static io.anyserve.ingress.responses.ResponseAssertions.assertNotFound;
import static io.anyserve.ingress.responses.ResponseAssertions.data;
import static io.anyserve.ingress.responses.ResponseAssertions.id;
import static io.anyserve.ingress.responses.ResponseAssertions.text;
import static io.anyserve.ingress.responses.ResponsesTestServer.json;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.event.ControlCommand.Cancel;
import io.anyserve.ingress.response.Events;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Responses that go on without their client, and their cancellation. */
@Timeout(60)
final class BackgroundResponsesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String BACKGROUND = ONCE + ",\"background\":true";

  private final ResponsesTestServer server;

  BackgroundResponsesTest() throws Exception {
    server = new ResponsesTestServer();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void aResponseInTheBackgroundGoesOnWithoutItsClient() throws Exception {
    HttpResponse<String> created = server.create(BACKGROUND);
    assertEquals(200, created.statusCode(), created::body);
    assertEquals("queued", json(created).path("status").asString());
    assertEquals("[]", json(created).path("output").toString());
    String id = id(created);
    assertEquals("queued", status(id));
    InferenceRequest request = server.log.requests.getFirst();
    server.log.emit(request, Events.started());
    await().atMost(PATIENCE).until(() -> status(id).equals("in_progress"));
    server.log.emit(request, Events.chunk(0));
    server.log.emit(request, Events.finished());
    await().atMost(PATIENCE).until(() -> status(id).equals("completed"));
    assertEquals("w0 ", text(json(server.get(id))));
    assertEquals(List.of(), cancels());
  }

  @Test
  void aStreamOfAResponseInTheBackgroundBeginsBeforeItsWorker() throws Exception {
    CompletableFuture<HttpResponse<String>> stream = creating(BACKGROUND + ",\"stream\":true");
    await().atMost(PATIENCE).until(() -> server.router.conversations.size() == 1);
    InferenceRequest request = server.log.requests.getFirst();
    server.log.tellStory(request);
    String events = stream.get().body();
    assertEquals("queued", data(events).path("response").path("status").asString());
    assertTrue(events.contains("event: response.completed\n"), events);
    String id = "resp_" + request.id();
    assertEquals(events, server.get(id + "?stream=true").body());
  }

  @Test
  void aClientThatLeavesAResponseInTheBackgroundDoesNot() throws Exception {
    InferenceRequest request;
    try (Socket _ = server.raw(BACKGROUND + ",\"stream\":true")) {
      await().atMost(PATIENCE).until(() -> server.streams.size() == 2);
      request = server.log.requests.getFirst();
      server.log.emit(request, Events.started());
    }
    await().atMost(PATIENCE).until(() -> server.streams.size() == 1);
    server.log.emit(request, Events.chunk(0));
    server.log.emit(request, Events.finished());
    await().atMost(PATIENCE).until(() -> status("resp_" + request.id()).equals("completed"));
    assertEquals(List.of(), cancels());
    assertEquals(0, server.streams.size());
  }

  @Test
  void aResponseInTheBackgroundIsCancelled() throws Exception {
    String id = id(server.create(BACKGROUND));
    InferenceRequest request = server.log.requests.getFirst();
    server.log.emit(request, Events.started());
    server.log.emit(request, Events.chunk(0));
    CompletableFuture<HttpResponse<String>> cancelled =
        CompletableFuture.supplyAsync(() -> posting(id + "/cancel"));
    await().atMost(PATIENCE).until(() -> cancels().size() == 1);
    assertEquals(CancelReason.EXPLICIT, cancels().getFirst().reason());
    server.log.emit(request, Events.cancelled(CancelReason.EXPLICIT));
    JsonNode response = json(cancelled.get());
    assertEquals("cancelled", response.path("status").asString());
    assertEquals("w0 ", text(response));
    assertEquals("incomplete", response.path("output").path(0).path("status").asString());
    assertEquals(cancelled.get().body(), server.get(id).body());
    assertEquals(cancelled.get().body(), server.post(id + "/cancel").body());
    String stream = server.get(id + "?stream=true").body();
    assertTrue(stream.contains("event: response.failed\n"), stream);
  }

  @Test
  void whatHasEndedOrIsWaitedForIsNotCancelled() throws Exception {
    CompletableFuture<HttpResponse<String>> foreground = creating(ONCE);
    await().atMost(PATIENCE).until(() -> server.router.conversations.size() == 1);
    InferenceRequest request = server.log.requests.getFirst();
    String id = "resp_" + request.id();
    assertError(400, "response_id", server.post(id + "/cancel"), "invalid_value");
    server.log.tellStory(request);
    assertEquals(200, foreground.get().statusCode());
    HttpResponse<String> late = server.post(id + "/cancel");
    assertError(400, "response_id", late, "invalid_value");
    assertTrue(late.body().contains("Cannot cancel a completed response."), late::body);
    assertEquals(List.of(), cancels());
  }

  @Test
  void aResponseThatIsDeletedWhileItRunsIsStoppedAndStaysGone() throws Exception {
    String id = id(server.create(BACKGROUND));
    assertEquals(200, server.delete(id).statusCode());
    assertEquals(1, cancels().size());
    server.log.emit(server.log.requests.getFirst(), Events.cancelled(CancelReason.EXPLICIT));
    assertNotFound(server.get(id));
    assertEquals(Map.of(), server.router.conversations);
  }

  private CompletableFuture<HttpResponse<String>> creating(String parameters) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return server.create(parameters);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private HttpResponse<String> posting(String path) {
    try {
      return server.post(path);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private List<Cancel> cancels() {
    return server.log.commands.stream()
        .filter(Cancel.class::isInstance)
        .map(Cancel.class::cast)
        .toList();
  }

  private String status(String id) throws Exception {
    return json(server.get(id)).path("status").asString();
  }
}
