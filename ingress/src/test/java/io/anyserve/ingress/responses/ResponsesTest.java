package io.anyserve.ingress.responses;

import static io.anyserve.ingress.responses.ResponsesTestServer.OTHER;
import static io.anyserve.ingress.responses.ResponsesTestServer.RESPONSES;
import static io.anyserve.ingress.responses.ResponsesTestServer.body;
import static io.anyserve.ingress.responses.ResponsesTestServer.json;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.ControlCommand.Cancel;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.ingress.response.Events;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Responses over HTTP, with a log and a router in this process. */
@Timeout(60)
final class ResponsesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String ONCE = "\"input\":\"Once\"";
  private static final String BACKGROUND = ONCE + ",\"background\":true";

  private final ResponsesTestServer server;

  ResponsesTest() throws Exception {
    server = new ResponsesTestServer();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void aResponseIsAnsweredAndKept() throws Exception {
    server.log.answers(server.log::tellStory);
    HttpResponse<String> created =
        server.create(
            ONCE
                + ",\"instructions\":\"Be brief.\",\"max_output_tokens\":7,\"temperature\":0.5,"
                + "\"metadata\":{\"a\":\"b\"},\"user\":\"me\",\"top_p\":null");
    assertEquals(200, created.statusCode(), created::body);
    JsonNode response = json(created);
    InferenceRequest request = server.log.requests.getFirst();
    assertEquals("resp_" + request.id(), response.path("id").asString());
    assertEquals("response", response.path("object").asString());
    assertEquals("completed", response.path("status").asString());
    assertEquals("story", response.path("model").asString());
    assertEquals("Be brief.", response.path("instructions").asString());
    assertEquals(7, response.path("max_output_tokens").asInt());
    assertEquals(0.5, response.path("temperature").asDouble());
    assertTrue(response.path("top_p").isNull());
    assertEquals("{\"a\":\"b\"}", response.path("metadata").toString());
    assertEquals("me", response.path("user").asString());
    assertEquals(
        "[{\"id\":\"msg_%s\",\"type\":\"message\",\"status\":\"completed\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"w0 w1 \",\"annotations\":[],\"logprobs\":[]}]}]"
            .formatted(request.id()),
        response.path("output").toString());
    assertEquals(3, response.path("usage").path("input_tokens").asInt());
    assertEquals(2, response.path("usage").path("output_tokens").asInt());
    assertEquals(5, response.path("usage").path("total_tokens").asInt());
    assertTrue(
        response.path("completed_at").asLong() >= response.path("created_at").asLong(),
        created::body);
    assertEquals(List.of("system: Be brief.", "user: Once"), messages(request));
    assertEquals(Map.of("a", "b", "user", "me"), request.context().labels());
    assertEquals(created.body(), server.get(id(created)).body());
    assertEquals(request.id().toString(), created.headers().firstValue("x-request-id").orElse(""));
  }

  @Test
  void aStreamHasAllEventsInOrderAndGoesOnBehindEachOfThem() throws Exception {
    server.log.answers(server.log::tellStory);
    HttpResponse<String> stream = server.create(ONCE + ",\"stream\":true");
    List<String> events = List.of(stream.body().split("(?<=\n\n)"));
    assertEquals(
        List.of(
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.completed"),
        events.stream().map(event -> data(event).path("type").asString()).toList());
    for (int i = 0; i < events.size(); i++) {
      assertEquals(i, data(events.get(i)).path("sequence_number").asInt(), events.get(i));
      assertTrue(
          events
              .get(i)
              .startsWith(
                  "event: " + data(events.get(i)).path("type").asString() + "\nid: " + i + "\n"),
          events.get(i));
    }
    JsonNode completed = data(events.getLast()).path("response");
    assertEquals("w0 w1 ", text(completed));
    assertEquals("in_progress", data(events.getFirst()).path("response").path("status").asString());
    String id = completed.path("id").asString();
    assertEquals(completed.toString(), server.get(id).body());
    String item = completed.path("output").path(0).path("id").asString();
    assertEquals(item, data(events.get(4)).path("item_id").asString());
    assertEquals(item, data(events.get(8)).path("item").path("id").asString());
    assertEquals(stream.body(), server.get(id + "?stream=true").body());
    for (int i = 0; i < events.size(); i++) {
      assertEquals(
          String.join("", events.subList(i + 1, events.size())),
          server.get(id + "?stream=true&starting_after=" + i).body(),
          "behind " + i);
    }
    assertEquals(
        events.getLast(),
        server
            .send(server.to(RESPONSES + "/" + id + "?stream=true").header("Last-Event-ID", "8"))
            .body());
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
  void anEndThatNobodyNotedIsReadFromTheLog() throws Exception {
    server.log.answers(server.log::tellStory);
    String before = server.create(ONCE).body();
    server.router.conversations.values().forEach(kept -> kept.remove("end.00000"));
    String id = json(before).path("id").asString();
    JsonNode again = json(server.get(id));
    assertEquals("completed", again.path("status").asString());
    assertEquals("w0 w1 ", text(again));
    assertTrue(
        server.router.conversations.values().stream()
            .allMatch(kept -> kept.containsKey("end.00000")));
  }

  @Test
  void anAnswerThatIsGoneBeforeItWasNotedIsAFailure() throws Exception {
    server.log.answers(server.log::tellStory);
    String kept = id(server.create(ONCE));
    String lost = id(server.create(ONCE));
    Objects.requireNonNull(server.router.conversations.get("acme/" + lost)).remove("end.00000");
    server.expired = true;
    assertEquals("completed", status(kept));
    assertEquals(410, server.get(kept + "?stream=true").statusCode());
    JsonNode failed = json(server.get(lost));
    assertEquals("failed", failed.path("status").asString());
    assertEquals("resume_expired", failed.path("error").path("code").asString());
    server.expired = false;
    assertEquals(failed.toString(), server.get(lost).body());
  }

  @Test
  void aClientThatLeavesCancelsItsResponse() throws Exception {
    try (Socket _ = server.raw(ONCE)) {
      await().atMost(PATIENCE).until(() -> server.router.conversations.size() == 1);
    }
    await().atMost(PATIENCE).until(() -> cancels().size() == 1);
    assertEquals(CancelReason.CLIENT_GONE, cancels().getFirst().reason());
    assertEquals(0, server.streams.size());
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
  void nothingIsKeptWithoutStore() throws Exception {
    server.log.answers(server.log::tellStory);
    HttpResponse<String> created = server.create(ONCE + ",\"store\":false");
    assertEquals("completed", json(created).path("status").asString());
    assertEquals(Map.of(), server.router.conversations);
    assertNotFound(server.get(id(created)));
    assertError(400, "background", server.create(BACKGROUND + ",\"store\":false"), "invalid_value");
  }

  @Test
  void anotherTenantsResponseIsNotThere() throws Exception {
    server.log.answers(server.log::tellStory);
    String id = id(server.create(ONCE));
    String path = RESPONSES + "/" + id;
    assertNotFound(server.send(server.to(path, OTHER)));
    assertNotFound(server.send(server.to(path + "?stream=true", OTHER)));
    assertNotFound(server.send(server.to(path + "/input_items", OTHER)));
    assertNotFound(server.send(server.to(path + "/cancel", OTHER).POST(BodyPublishers.noBody())));
    assertNotFound(server.send(server.to(path, OTHER).DELETE()));
    HttpResponse<String> next =
        server.send(
            server
                .to(RESPONSES, OTHER)
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofString(
                        body(ONCE + ",\"previous_response_id\":\"" + id + "\""))));
    assertError(400, "previous_response_id", next, "previous_response_not_found");
    for (String unknown : List.of("resp_1", "nothing", "resp_" + new UUID(7, 8))) {
      assertNotFound(server.get(unknown));
    }
    assertEquals(200, server.get(id).statusCode());
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
  void aDeletedResponseIsGone() throws Exception {
    server.log.answers(server.log::tellStory);
    String id = id(server.create(ONCE));
    assertEquals(
        "{\"id\":\"" + id + "\",\"object\":\"response\",\"deleted\":true}",
        server.delete(id).body());
    assertNotFound(server.get(id));
    assertNotFound(server.get(id + "?stream=true"));
    assertNotFound(server.get(id + "/input_items"));
    assertNotFound(server.post(id + "/cancel"));
    assertNotFound(server.delete(id));
    assertError(
        400,
        "previous_response_id",
        server.create(ONCE + ",\"previous_response_id\":\"" + id + "\""),
        "previous_response_not_found");
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

  @Test
  void threeTurnsGoOnFromEachOther() throws Exception {
    server.log.answers(server.log::tellStory);
    String first = id(server.create("\"input\":\"one\",\"instructions\":\"Be kind.\""));
    String second =
        id(
            server.create(
                "\"input\":[{\"role\":\"developer\",\"content\":\"D\"},{\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"two\"},{\"type\":\"input_text\",\"text\":\"parts\"}]}],"
                    + previous(first)));
    HttpResponse<String> third = server.create("\"input\":\"three\"," + previous(second));
    assertEquals(second, json(third).path("previous_response_id").asString());
    assertEquals(
        List.of(
            "user: one",
            "assistant: w0 w1 ",
            "system: D",
            "user: two\nparts",
            "assistant: w0 w1 ",
            "user: three"),
        messages(server.log.requests.get(2)));
  }

  @Test
  void aResponseWithoutAnAnswerHasNoNext() throws Exception {
    String id = id(server.create(BACKGROUND));
    HttpResponse<String> next = server.create(ONCE + "," + previous(id));
    assertError(400, "previous_response_id", next, "invalid_value");
    assertTrue(next.body().contains("queued"), next::body);
  }

  @Test
  void oldMessagesAreLeftOutWhereTheClientAllowsIt() throws Exception {
    server.log.answers(server.log::tellStory);
    String first = id(server.create("\"input\":\"" + "x".repeat(20) + "\""));
    String next = previous(first) + ",\"max_output_tokens\":10,\"input\":\"two\"";
    assertEquals(200, server.create(next + ",\"truncation\":\"auto\"").statusCode());
    assertEquals(List.of("user: two"), messages(server.log.requests.get(1)));
    assertEquals(200, server.create(next + ",\"truncation\":\"disabled\"").statusCode());
    assertEquals(3, messages(server.log.requests.get(2)).size());
    HttpResponse<String> tooLong =
        server.create(
            "\"max_output_tokens\":10,\"truncation\":\"auto\",\"input\":\""
                + "x".repeat(50)
                + "\"");
    assertEquals(400, tooLong.statusCode(), tooLong::body);
    assertEquals("context_length_exceeded", json(tooLong).path("error").path("code").asString());
  }

  @Test
  void theInputIsListedPageByPage() throws Exception {
    server.log.answers(server.log::tellStory);
    String id =
        id(
            server.create(
                "\"input\":[{\"role\":\"system\",\"content\":\"a\"},{\"role\":\"user\",\"content\":\"b\"},{\"type\":\"message\",\"id\":\"msg_1\",\"status\":\"completed\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"c\",\"annotations\":[]}]}]"));
    JsonNode page = json(server.get(id + "/input_items?limit=2"));
    assertEquals(List.of("c", "b"), texts(page));
    assertTrue(page.path("has_more").asBoolean());
    assertEquals(page.path("data").path(0).path("id"), page.path("first_id"));
    assertEquals("output_text", page.at("/data/0/content/0/type").asString());
    JsonNode last =
        json(server.get(id + "/input_items?limit=2&after=" + page.path("last_id").asString()));
    assertEquals(List.of("a"), texts(last));
    assertEquals("input_text", last.at("/data/0/content/0/type").asString());
    assertEquals(false, last.path("has_more").asBoolean());
    assertEquals(List.of("a", "b", "c"), texts(json(server.get(id + "/input_items?order=asc"))));
    for (String wrong :
        List.of("limit=0", "limit=101", "limit=x", "order=up", "after=msg_9", "include=x")) {
      assertEquals(400, server.get(id + "/input_items?" + wrong).statusCode(), wrong);
    }
  }

  @Test
  void aLongInputAndAnswerAreKeptInPieces() throws Exception {
    String word = "\uD83D\uDE00 long ";
    String input = word.repeat(40_000);
    server.log.answers(
        request -> {
          server.log.emit(request, Events.started());
          server.log.emit(request, Events.chunk(0, input));
          server.log.emit(request, Events.finished());
        });
    HttpResponse<String> created = server.create("\"input\":\"" + input + "\"");
    assertEquals(200, created.statusCode(), created::body);
    String id = id(created);
    assertTrue(server.router.conversations.values().iterator().next().size() > 8);
    assertEquals(created.body(), server.get(id).body());
    assertEquals(input, text(json(server.get(id))));
    assertEquals(List.of(input), texts(json(server.get(id + "/input_items"))));
  }

  @Test
  void aResponseThatIsCutIsIncomplete() throws Exception {
    server.log.answers(
        request -> {
          server.log.emit(request, Events.started());
          server.log.emit(request, Events.chunk(0));
          server.log.emit(
              request,
              new Finished(
                  FinishReason.LENGTH, new TokenUsage(3, 1, 0), Optional.empty(), Duration.ZERO));
        });
    String stream = server.create(ONCE + ",\"stream\":true").body();
    JsonNode last = data(stream.substring(stream.indexOf("event: response.incomplete")));
    assertEquals("incomplete", last.path("response").path("status").asString());
    assertEquals(
        "{\"reason\":\"max_output_tokens\"}",
        last.path("response").path("incomplete_details").toString());
    String id = last.path("response").path("id").asString();
    assertEquals(200, server.create(ONCE + "," + previous(id)).statusCode());
  }

  @Test
  void aFailureIsAStatusOrTheLastEvent() throws Exception {
    server.log.answers(request -> server.log.emitUntaken(request, failed(FailureCode.NO_WORKER)));
    HttpResponse<String> untaken = server.create(ONCE + ",\"stream\":true");
    assertEquals(503, untaken.statusCode());
    assertEquals("no_worker", json(untaken).path("error").path("code").asString());
    server.log.answers(
        request -> {
          server.log.emit(request, Events.started());
          server.log.emit(request, Events.chunk(0));
          server.log.emit(request, failed(FailureCode.ENGINE_FAILED));
        });
    HttpResponse<String> whole = server.create(ONCE);
    assertEquals(500, whole.statusCode(), whole::body);
    String id = "resp_" + server.log.requests.getLast().id();
    JsonNode kept = json(server.get(id));
    assertEquals("failed", kept.path("status").asString());
    assertEquals(
        "{\"code\":\"engine_failed\",\"message\":\"as told\"}", kept.path("error").toString());
    String stream = server.get(id + "?stream=true").body();
    JsonNode last = data(stream.substring(stream.indexOf("event: response.failed")));
    assertEquals(kept.toString(), last.path("response").toString());
  }

  @Test
  void aResponseThatCannotBeKeptIsNotMade() throws Exception {
    server.router.down = true;
    HttpResponse<String> created = server.create(ONCE);
    assertEquals(503, created.statusCode(), created::body);
    assertEquals("store_unavailable", json(created).path("error").path("code").asString());
    await().atMost(PATIENCE).until(() -> cancels().size() == 1);
    assertEquals(503, server.create(BACKGROUND).statusCode());
    await().atMost(PATIENCE).until(() -> cancels().size() == 2);
  }

  @Test
  void queriesAreCheckedByName() throws Exception {
    server.log.answers(server.log::tellStory);
    String id = id(server.create(ONCE));
    assertError(400, "stream", server.get(id + "?stream=yes"), "invalid_value");
    assertError(400, "starting_after", server.get(id + "?starting_after=1"), "invalid_value");
    assertError(
        400, "starting_after", server.get(id + "?stream=true&starting_after=-1"), "invalid_value");
    assertError(400, "include[]", server.get(id + "?include%5B%5D=x"), "unsupported_parameter");
    assertEquals(200, server.get(id + "?include_obfuscation=false").statusCode());
    assertEquals(401, server.send(server.to(RESPONSES + "/" + id, "sk-none")).statusCode());
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

  private static Terminal failed(FailureCode code) {
    return assertInstanceOf(Terminal.class, Events.failed(code));
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

  private static String previous(String id) {
    return "\"previous_response_id\":\"" + id + "\"";
  }

  private static String id(HttpResponse<String> response) {
    return json(response).path("id").asString();
  }

  private static String text(JsonNode response) {
    return response.at("/output/0/content/0/text").asString();
  }

  private static List<String> texts(JsonNode page) {
    return StreamSupport.stream(page.path("data").spliterator(), false)
        .map(item -> item.at("/content/0/text").asString())
        .toList();
  }

  /** Of the first event in there. */
  private static JsonNode data(String events) {
    return json(
        events
            .lines()
            .filter(line -> line.startsWith("data: "))
            .findFirst()
            .orElseThrow()
            .substring("data: ".length()));
  }

  private static List<String> messages(InferenceRequest request) {
    var chat = assertInstanceOf(Payload.Chat.class, request.input());
    return chat.messages().stream()
        .map(message -> message.role() + ": " + message.content())
        .toList();
  }

  private static void assertNotFound(HttpResponse<String> response) {
    assertError(404, "response_id", response, "response_not_found");
  }

  private static void assertError(
      int status, String param, HttpResponse<String> response, String code) {
    assertEquals(status, response.statusCode(), response::body);
    assertEquals(param, json(response).path("error").path("param").asString(), response::body);
    assertEquals(code, json(response).path("error").path("code").asString(), response::body);
  }
}
