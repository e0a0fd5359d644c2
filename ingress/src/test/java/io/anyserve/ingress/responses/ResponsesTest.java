package io.anyserve.ingress.responses;

import static io.anyserve.ingress.responses.ResponseAssertions.ONCE;
import static io.anyserve.ingress.responses.ResponseAssertions.assertError;
import static io.anyserve.ingress.responses.ResponseAssertions.data;
import static io.anyserve.ingress.responses.ResponseAssertions.id;
import static io.anyserve.ingress.responses.ResponseAssertions.messages;
import static io.anyserve.ingress.responses.ResponseAssertions.previous;
import static io.anyserve.ingress.responses.ResponseAssertions.text;
import static io.anyserve.ingress.responses.ResponseAssertions.texts;
import static io.anyserve.ingress.responses.ResponsesTestServer.RESPONSES;
import static io.anyserve.ingress.responses.ResponsesTestServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.ControlCommand.Cancel;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.ingress.response.Events;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Responses that are made and streamed. */
@Timeout(60)
final class ResponsesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
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
    HttpResponse<String> rest = server.get(id + "?stream=true&starting_after=" + events.size());
    assertEquals("", rest.body());
    assertTrue(
        rest.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream"));
    assertEquals(
        events.getLast(),
        server
            .send(server.to(RESPONSES + "/" + id + "?stream=true").header("Last-Event-ID", "8"))
            .body());
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

  /** The client has five pieces then, and takes them for no whole answer. */
  @Test
  void aPathOfItsOwnIsNoResponseWithThatId() throws Exception {
    HttpResponse<String> refused =
        server.send(
            server
                .to(RESPONSES + "/input_tokens")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
    assertEquals(405, refused.statusCode());
    assertEquals("POST", refused.headers().firstValue("Allow").orElse(""));
  }

  @Test
  void aStreamThatFailsMidwayEndsWithTheFailure() throws Exception {
    server.log.answers(
        request -> {
          server.log.emit(request, Events.started());
          for (int i = 0; i < 5; i++) {
            server.log.emit(request, Events.chunk(i));
          }
        });
    List<String> types = new ArrayList<>();
    try (Socket socket = server.raw(ONCE + ",\"stream\":true");
        var reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8))) {
      boolean failed = false;
      while (types.isEmpty() || !types.getLast().equals("response.failed")) {
        String line = reader.readLine();
        if (line.startsWith("event: ")) {
          types.add(line.substring("event: ".length()));
        }
        if (!failed && types.stream().filter("response.output_text.delta"::equals).count() == 5) {
          failed = true;
          server.log.emit(server.log.requests.getFirst(), failed(FailureCode.ENGINE_FAILED));
        }
      }
      assertFalse(reader.lines().toList().contains("0"), "the end of a chunked body");
    }
    assertEquals(
        List.of(
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.content_part.added"),
        types.subList(0, 4));
    assertEquals(
        List.of("response.output_text.delta", "response.failed"),
        types.subList(4, types.size()).stream().distinct().toList());
    JsonNode kept = json(server.get("resp_" + server.log.requests.getFirst().id()));
    assertEquals("failed", kept.path("status").asString());
    assertEquals("engine_failed", kept.path("error").path("code").asString());
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
  void anIdempotencyKeyThatIsNoneIsRefused() throws Exception {
    for (String parameters : List.of(ONCE, ONCE + ",\"background\":true")) {
      HttpResponse<String> created =
          server.send(server.creating(parameters).header("Idempotency-Key", "x".repeat(256)));
      assertError(400, "Idempotency-Key", created, "invalid_value");
    }
    assertEquals(List.of(), server.log.requests);
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
}
