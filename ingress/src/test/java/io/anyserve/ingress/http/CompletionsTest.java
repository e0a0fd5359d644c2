package io.anyserve.ingress.http;

import static io.anyserve.ingress.http.HttpTestServer.CHAT;
import static io.anyserve.ingress.http.HttpTestServer.COMPLETIONS;
import static io.anyserve.ingress.http.HttpTestServer.chat;
import static io.anyserve.ingress.http.HttpTestServer.error;
import static io.anyserve.ingress.http.HttpTestServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.sampling.PositionLogprobs;
import io.anyserve.ingress.response.Events;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

@Timeout(60)
final class CompletionsTest {

  private final HttpTestServer server;

  CompletionsTest() throws Exception {
    server = HttpTestServer.start();
    server.log.answers(server.log::tellStory);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void aChatIsAnsweredAsAWhole() throws Exception {
    HttpResponse<String> response = server.post(CHAT, chat(",\"max_tokens\":7,\"seed\":5"));
    assertEquals(200, response.statusCode(), response::body);
    JsonNode answer = json(response);
    InferenceRequest request = server.log.requests.getFirst();
    assertEquals("chatcmpl-" + request.id(), answer.path("id").asString());
    assertEquals("chat.completion", answer.path("object").asString());
    assertEquals("story", answer.path("model").asString());
    assertTrue(answer.path("system_fingerprint").asString().matches("fp_[0-9a-f]{10}"));
    JsonNode choice = answer.path("choices").path(0);
    assertEquals(
        "{\"role\":\"assistant\",\"content\":\"w0 w1 \",\"refusal\":null}",
        choice.path("message").toString());
    assertEquals("stop", choice.path("finish_reason").asString());
    assertEquals(3, answer.path("usage").path("prompt_tokens").asInt());
    assertEquals(2, answer.path("usage").path("completion_tokens").asInt());
    assertEquals(5, answer.path("usage").path("total_tokens").asInt());
    assertEquals(
        "{\"cached_tokens\":0}", answer.path("usage").path("prompt_tokens_details").toString());
    assertEquals(request.id().toString(), response.headers().firstValue("x-request-id").orElse(""));
    assertEquals(new Payload.Chat(List.of(new ChatMessage("user", "Once"))), request.input());
    assertEquals(7, request.parameters().maxTokens());
    assertEquals(5, request.parameters().sampling().seed());
  }

  @Test
  void aTextIsAnsweredAsAWhole() throws Exception {
    JsonNode answer =
        json(server.post(COMPLETIONS, "{\"model\":\"story\",\"prompt\":\"Once\",\"seed\":null}"));
    assertEquals("text_completion", answer.path("object").asString());
    assertTrue(answer.path("id").asString().startsWith("cmpl-"));
    assertEquals("w0 w1 ", answer.path("choices").path(0).path("text").asString());
    assertTrue(answer.path("choices").path(0).path("logprobs").isNull());
    assertEquals(new Payload.Text("Once"), server.log.requests.getFirst().input());
  }

  @Test
  void aChatTellsLikelihoodsByToken() throws Exception {
    server.log.answers(this::tellLikelihoods);
    String more = ",\"logprobs\":true,\"top_logprobs\":2";
    JsonNode choice = json(server.post(CHAT, chat(more))).path("choices").path(0);
    assertEquals(2, server.log.requests.getFirst().parameters().logprobs().orElseThrow());
    String part = "{\"token\":\"bytes:\\\\xe2\\\\x80\",\"logprob\":-2.0,\"bytes\":[226,128]}]}";
    String a = "{\"token\":\"\u00e4\",\"logprob\":-0.25,\"bytes\":[195,164]";
    String b = "{\"token\":\"b\",\"logprob\":-0.25,\"bytes\":[98]";
    assertEquals(
        "{\"content\":["
            + (a + ",\"top_logprobs\":[" + a + "}," + part + ",")
            + (b + ",\"top_logprobs\":[" + b + "}," + part + "],\"refusal\":null}"),
        choice.path("logprobs").toString());
    String stream = server.post(CHAT, chat(more + ",\"stream\":true")).body();
    List<JsonNode> told = new ArrayList<>();
    for (JsonNode event : events(stream)) {
      event.path("choices").path(0).path("logprobs").path("content").forEach(told::add);
    }
    assertEquals(choice.path("logprobs").path("content").values().stream().toList(), told);
  }

  @Test
  void aTextTellsLikelihoodsInItsOwnForm() throws Exception {
    server.log.answers(this::tellLikelihoods);
    String body = "{\"model\":\"story\",\"prompt\":\"a\",\"logprobs\":2";
    String top = "\"bytes:\\\\xe2\\\\x80\":-2.0}";
    String both =
        "{\"tokens\":[\"\u00e4\",\"b\"],\"token_logprobs\":[-0.25,-0.25],\"top_logprobs\":["
            + ("{\"\u00e4\":-0.25," + top + ",{\"b\":-0.25," + top + "],\"text_offset\":[0,1]}");
    JsonNode whole = json(server.post(COMPLETIONS, body + "}")).path("choices").path(0);
    assertEquals(both, whole.path("logprobs").toString());
    List<JsonNode> events = events(server.post(COMPLETIONS, body + ",\"stream\":true}").body());
    assertEquals(
        "{\"tokens\":[\"b\"],\"token_logprobs\":[-0.25],\"top_logprobs\":[{\"b\":-0.25,"
            + (top + "],\"text_offset\":[1]}"),
        events.get(1).path("choices").path(0).path("logprobs").toString());
    assertTrue(events.get(2).path("choices").path(0).path("logprobs").isNull());
  }

  @Test
  void aTextsOwnTokenIsAmongTheLikeliestWhateverItsPlace() throws Exception {
    server.log.answers(
        request -> {
          Chunk likely = (Chunk) Events.likely(0, "a", 0);
          PositionLogprobs told = likely.logprobs().getFirst();
          var alone = new PositionLogprobs(told.chosen(), List.of(told.top().get(1)), 0);
          server.log.emit(request, Events.started());
          server.log.emit(
              request, new Chunk(0, likely.tokens(), "a", Optional.empty(), List.of(alone)));
          server.log.emit(request, Events.finished());
        });
    String body = "{\"model\":\"story\",\"prompt\":\"a\",\"logprobs\":1}";
    JsonNode choice = json(server.post(COMPLETIONS, body)).path("choices").path(0);
    assertEquals(
        "[{\"bytes:\\\\xe2\\\\x80\":-2.0,\"a\":-0.25}]",
        choice.path("logprobs").path("top_logprobs").toString());
  }

  /** The text of the second token is held back at first, as if a stop string could begin there. */
  @Test
  void tokensWhoseTextIsHeldBackAreToldToo() throws Exception {
    server.log.answers(
        request -> {
          server.log.emit(request, Events.started());
          server.log.emit(request, Events.likely(0, "a", 0));
          server.log.emit(request, withoutText((Chunk) Events.likely(1, "b", 1)));
          server.log.emit(request, Events.finished());
        });
    List<JsonNode> events =
        events(server.post(CHAT, chat(",\"logprobs\":true,\"stream\":true")).body());
    assertEquals(4, events.size());
    assertEquals("{\"content\":\"\"}", delta(events.get(2)).toString());
    JsonNode held = events.get(2).path("choices").path(0).path("logprobs").path("content");
    assertEquals("b", held.path(0).path("token").asString());
  }

  private static Chunk withoutText(Chunk chunk) {
    return new Chunk(chunk.sequence(), chunk.tokens(), "", chunk.payload(), chunk.logprobs());
  }

  private void tellLikelihoods(InferenceRequest request) {
    server.log.emit(request, Events.started());
    server.log.emit(request, Events.likely(0, "\u00e4", 0));
    server.log.emit(request, Events.likely(1, "b", 1));
    server.log.emit(request, Events.finished());
  }

  @Test
  void thePlainPathsAnswerToo() throws Exception {
    assertEquals(200, server.post("/chat/completions", chat("")).statusCode());
    String prompt = "{\"model\":\"story\",\"prompt\":[\"Once\"]}";
    assertEquals(200, server.post("/completions", prompt).statusCode());
  }

  @Test
  void everyChoiceIsARequestOfItsOwn() throws Exception {
    JsonNode answer = json(server.post(CHAT, chat(",\"n\":3,\"seed\":10")));
    assertEquals(3, answer.path("choices").size());
    for (int i = 0; i < 3; i++) {
      assertEquals(i, answer.path("choices").path(i).path("index").asInt());
    }
    assertEquals(
        Set.of(10L, 11L, 12L),
        server.log.requests.stream()
            .map(request -> request.parameters().sampling().seed())
            .collect(Collectors.toSet()));
    assertEquals(9, answer.path("usage").path("prompt_tokens").asInt());
    assertEquals(6, answer.path("usage").path("completion_tokens").asInt());
  }

  @Test
  void aStreamIsMadeOfEventsThatBelongTogether() throws Exception {
    HttpResponse<String> response =
        server.post(CHAT, chat(",\"stream\":true,\"stream_options\":{\"include_usage\":true}"));
    assertEquals(
        "text/event-stream;charset=utf-8",
        response.headers().firstValue("Content-Type").orElse(""));
    List<JsonNode> events = events(response.body());
    assertEquals(5, events.size(), response::body);
    assertEquals("{\"role\":\"assistant\",\"content\":\"\"}", delta(events.getFirst()).toString());
    assertEquals("{\"content\":\"w0 \"}", delta(events.get(1)).toString());
    assertEquals("{\"content\":\"w1 \"}", delta(events.get(2)).toString());
    assertEquals("{}", delta(events.get(3)).toString());
    assertEquals("stop", events.get(3).path("choices").path(0).path("finish_reason").asString());
    assertEquals("[]", events.get(4).path("choices").toString());
    assertEquals(5, events.get(4).path("usage").path("total_tokens").asInt());
    String id = "chatcmpl-" + server.log.requests.getFirst().id();
    for (JsonNode event : events) {
      assertEquals(id, event.path("id").asString());
      assertEquals("chat.completion.chunk", event.path("object").asString());
      assertEquals(events.getFirst().path("created"), event.path("created"));
      assertEquals(events.getFirst().path("system_fingerprint"), event.path("system_fingerprint"));
      assertTrue(event.has("usage"));
    }
    assertTrue(response.body().endsWith("\n\ndata: [DONE]\n\n"), response::body);
    assertEquals(5, response.body().split("(?m)^id: ", -1).length - 1);
  }

  @Test
  void aStreamHasNoUsageUnlessItIsAskedFor() throws Exception {
    List<JsonNode> events = events(server.post(CHAT, chat(",\"stream\":true")).body());
    assertEquals(4, events.size());
    assertTrue(events.stream().noneMatch(event -> event.has("usage")));
  }

  @Test
  void aTextIsStreamedInItsOwnForm() throws Exception {
    String body = "{\"model\":\"story\",\"prompt\":\"Once\",\"stream\":true}";
    List<JsonNode> events = events(server.post(COMPLETIONS, body).body());
    assertEquals(3, events.size());
    assertEquals("w0 ", events.getFirst().path("choices").path(0).path("text").asString());
    assertEquals("", events.get(2).path("choices").path(0).path("text").asString());
    assertEquals("text_completion", events.getFirst().path("object").asString());
  }

  @Test
  void theChoicesOfAStreamAreToldApart() throws Exception {
    List<JsonNode> events = events(server.post(CHAT, chat(",\"stream\":true,\"n\":2")).body());
    assertEquals(8, events.size());
    for (int i = 0; i < 2; i++) {
      int index = i;
      List<JsonNode> choice =
          events.stream()
              .map(event -> event.path("choices").path(0))
              .filter(found -> found.path("index").asInt() == index)
              .toList();
      assertEquals("assistant", choice.getFirst().path("delta").path("role").asString());
      assertEquals("stop", choice.getLast().path("finish_reason").asString());
    }
    assertEquals(1, events.stream().map(event -> event.path("id")).distinct().count());
  }

  @Test
  void whatFailsBeforeTheFirstPieceHasAStatus() throws Exception {
    server.log.answers(
        request -> {
          server.log.emit(request, Events.started());
          server.log.emit(request, Events.failed(FailureCode.CONTEXT_LENGTH_EXCEEDED));
        });
    for (String stream : List.of("true", "false")) {
      HttpResponse<String> response = server.post(CHAT, chat(",\"stream\":" + stream));
      assertEquals(400, response.statusCode());
      assertEquals("context_length_exceeded", error(response).path("code").asString());
      assertEquals("invalid_request_error", error(response).path("type").asString());
      assertEquals("false", response.headers().firstValue("x-should-retry").orElse(""));
      assertEquals(
          server.log.requests.getLast().id().toString(),
          response.headers().firstValue("x-request-id").orElse(""));
    }
  }

  @Test
  void anUnknownModelIsNotFound() throws Exception {
    server.log.answers(
        request ->
            server.log.emitUntaken(
                request,
                new Failed(
                    new Failure(FailureCode.UNKNOWN_CAPABILITY, "nobody"),
                    TokenUsage.NONE,
                    Optional.of(request.context()))));
    HttpResponse<String> response = server.post(CHAT, chat(",\"stream\":true"));
    assertEquals(404, response.statusCode());
    assertEquals("model_not_found", error(response).path("code").asString());
    assertEquals("model", error(response).path("param").asString());
  }

  @Test
  void whatMaySucceedLaterSaysWhen() throws Exception {
    server.log.answers(request -> server.log.emitUntaken(request, untaken(request)));
    HttpResponse<String> response = server.post(CHAT, chat(""));
    assertEquals(503, response.statusCode());
    assertEquals("true", response.headers().firstValue("x-should-retry").orElse(""));
    assertEquals("1", response.headers().firstValue("retry-after").orElse(""));
    assertEquals("1000", response.headers().firstValue("retry-after-ms").orElse(""));
    assertEquals("server_error", error(response).path("type").asString());
  }

  private static Failed untaken(InferenceRequest request) {
    return new Failed(
        new Failure(FailureCode.NO_WORKER, "nobody"),
        TokenUsage.NONE,
        Optional.of(request.context()));
  }

  @Test
  void aStreamThatBreaksDoesNotLookWhole() throws Exception {
    server.log.answers(
        request -> {
          server.log.emit(request, Events.started());
          server.log.emit(request, Events.chunk(0));
        });
    try (var socket = server.raw(HttpTestServer.rawPost(CHAT, chat(",\"stream\":true")))) {
      BufferedReader reader = HttpTestServer.reader(socket);
      readPiece(reader);
      server.log.emit(server.log.requests.getLast(), Events.failed(FailureCode.ENGINE_FAILED));
      List<String> lines = reader.lines().toList();
      int error = lines.indexOf("event: error");
      assertTrue(
          lines.get(error + 1).startsWith("data: {\"error\":{\"message\":\"as told\""),
          lines::toString);
      assertFalse(lines.contains("data: [DONE]"), lines::toString);
      assertFalse(lines.contains("0"), "the end of a chunked body");
    }
    InputStream body =
        server
            .client
            .send(
                server.posting(CHAT, chat(",\"stream\":true")).build(),
                HttpResponse.BodyHandlers.ofInputStream())
            .body();
    BufferedReader reader = new BufferedReader(new InputStreamReader(body, UTF_8));
    readPiece(reader);
    server.log.emit(server.log.requests.getLast(), Events.failed(FailureCode.ENGINE_FAILED));
    assertThrows(UncheckedIOException.class, () -> reader.lines().toList());
  }

  private static void readPiece(BufferedReader reader) throws IOException {
    String line = reader.readLine();
    while (!line.contains("w0 ")) {
      line = reader.readLine();
    }
  }

  @Test
  void aSecondSubmissionOfAKeyIsTheSameAnswer() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      HttpResponse<String> response =
          server.send(server.posting(CHAT, chat("")).header("Idempotency-Key", "k-1"));
      assertEquals(200, response.statusCode(), response::body);
      ids.add(json(response).path("id").asString());
    }
    assertEquals(ids.getFirst(), ids.getLast());
    HttpResponse<String> refused =
        server.send(server.posting(CHAT, chat("")).header("Idempotency-Key", "k".repeat(256)));
    assertEquals(400, refused.statusCode());
    assertEquals("Idempotency-Key", error(refused).path("param").asString());
  }

  /** No key that a client can send is the key of another one's choice. */
  @Test
  void aKeyWithANumberIsNoChoiceOfTheKeyWithoutIt() throws Exception {
    for (String key : List.of("k", "k#1", "k\t1")) {
      HttpResponse<String> response =
          server.send(server.posting(CHAT, chat(",\"n\":2")).header("Idempotency-Key", key));
      assertEquals(key.equals("k\t1") ? 400 : 200, response.statusCode(), response::body);
    }
    assertEquals(4, server.log.requests.stream().map(InferenceRequest::id).distinct().count());
  }

  @Test
  void theSessionAndTheLabelsReachTheRequest() throws Exception {
    HttpResponse<String> response =
        server.send(
            server
                .posting(CHAT, chat(",\"user\":\"u1\",\"metadata\":{\"team\":\"red\"}"))
                .header("anyserve-session", "s-9"));
    assertEquals("s-9", response.headers().firstValue("anyserve-session").orElse(""));
    InferenceRequest request = server.log.requests.getFirst();
    assertEquals("s-9", request.context().session().value());
    assertEquals("u1", request.context().labels().get("user"));
    assertEquals("red", request.context().labels().get("team"));
  }

  private static JsonNode delta(JsonNode event) {
    return event.path("choices").path(0).path("delta");
  }

  static List<JsonNode> events(String body) {
    return body.lines()
        .filter(line -> line.startsWith("data: {"))
        .map(line -> json(line.substring("data: ".length())))
        .toList();
  }
}
