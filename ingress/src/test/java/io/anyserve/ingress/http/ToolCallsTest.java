package io.anyserve.ingress.http;

import static io.anyserve.ingress.http.HttpTestServer.CHAT;
import static io.anyserve.ingress.http.HttpTestServer.chat;
import static io.anyserve.ingress.http.HttpTestServer.error;
import static io.anyserve.ingress.http.HttpTestServer.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.answer.ToolCallDelta;
import io.anyserve.ingress.description.ApiContract;
import io.anyserve.ingress.response.Events;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Tool calls and reasoning of chats, as a whole and as a stream. */
@Timeout(60)
final class ToolCallsTest {

  private static final String TOOLS =
      ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"time\"}}]";
  private static final String POST_CHAT = "POST /v1/chat/completions";

  private final ApiContract contract = ApiContract.ofAllRoutes();
  private final HttpTestServer server;

  ToolCallsTest() throws Exception {
    server = HttpTestServer.start();
    server.log.answers(this::call);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private void call(InferenceRequest request) {
    server.log.emit(request, Events.started());
    server.log.emit(request, Events.chunk(0, new AnswerDelta("", "Hm.", List.of())));
    server.log.emit(request, Events.chunk(1, new AnswerDelta("I look.", " Yes.", List.of())));
    server.log.emit(
        request, Events.chunk(2, calls(new ToolCallDelta(0, "call_a", "time", "{\"in"))));
    server.log.emit(
        request,
        Events.chunk(
            3,
            calls(
                new ToolCallDelta(0, "", "", "\":1}"),
                new ToolCallDelta(1, "call_b", "time", "{}"))));
    server.log.emit(request, Events.finished(FinishReason.TOOL_CALLS));
  }

  private static AnswerDelta calls(ToolCallDelta... calls) {
    return new AnswerDelta("", "", List.of(calls));
  }

  @Test
  void anAnswerHasTheCallsAndTheReasoning() throws Exception {
    HttpResponse<String> response =
        server.post(CHAT, chat(TOOLS + ",\"chat_template_kwargs\":{\"enable_thinking\":true}"));
    assertEquals(200, response.statusCode(), response::body);
    contract.check(POST_CHAT, response);
    JsonNode choice = json(response).path("choices").path(0);
    assertEquals(
        json(
            """
            {"role": "assistant", "content": "I look.", "refusal": null,
             "reasoning": "Hm. Yes.", "reasoning_content": "Hm. Yes.", "tool_calls": [
              {"id": "call_a", "type": "function",
               "function": {"name": "time", "arguments": "{\\"in\\":1}"}},
              {"id": "call_b", "type": "function", "function": {"name": "time", "arguments": "{}"}}]}
            """),
        choice.path("message"));
    assertEquals("tool_calls", choice.path("finish_reason").asString());
    var asked = (Payload.Chat) server.log.requests.getFirst().input();
    assertEquals("time", asked.tools().definitions().getFirst().name());
    assertEquals(Optional.of(true), asked.thinking());
  }

  @Test
  void anAnswerOfCallsAloneHasNoContent() throws Exception {
    server.log.answers(
        request -> {
          server.log.emit(request, Events.started());
          server.log.emit(request, Events.chunk(0, calls(new ToolCallDelta(0, "c", "time", "{}"))));
          server.log.emit(request, Events.finished(FinishReason.TOOL_CALLS));
        });
    HttpResponse<String> response = server.post(CHAT, chat(TOOLS));
    contract.check(POST_CHAT, response);
    JsonNode message = json(response).path("choices").path(0).path("message");
    assertTrue(message.path("content").isNull());
    assertFalse(message.has("reasoning"));
  }

  @Test
  void aStreamHasEachPieceInADeltaOfItsOwn() throws Exception {
    HttpResponse<String> response = server.post(CHAT, chat(TOOLS + ",\"stream\":true"));
    contract.check(POST_CHAT, response);
    List<JsonNode> events = CompletionsTest.events(response.body());
    assertEquals(
        List.of(
            "{\"role\":\"assistant\",\"content\":\"\"}",
            "{\"reasoning\":\"Hm.\",\"reasoning_content\":\"Hm.\"}",
            "{\"reasoning\":\" Yes.\",\"reasoning_content\":\" Yes.\"}",
            "{\"content\":\"I look.\"}",
            "{\"tool_calls\":[{\"index\":0,\"id\":\"call_a\",\"type\":\"function\","
                + "\"function\":{\"name\":\"time\",\"arguments\":\"{\\\"in\"}}]}",
            "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\\\":1}\"}}]}",
            "{\"tool_calls\":[{\"index\":1,\"id\":\"call_b\",\"type\":\"function\","
                + "\"function\":{\"name\":\"time\",\"arguments\":\"{}\"}}]}",
            "{}"),
        events.stream()
            .map(event -> event.path("choices").path(0).path("delta").toString())
            .toList());
    assertEquals(
        "tool_calls", events.getLast().path("choices").path(0).path("finish_reason").asString());
  }

  @Test
  void aStreamGoesOnWithinACall() throws Exception {
    String stream = server.post(CHAT, chat(TOOLS + ",\"stream\":true")).body();
    List<String> lines = stream.lines().toList();
    int cut =
        lines.indexOf(
            lines.stream().filter(line -> line.contains("call_a")).findFirst().orElseThrow());
    String id = lines.get(cut - 1);
    HttpResponse<String> rest =
        server.send(
            server.to("/v1/streams").header("Last-Event-ID", id.substring("id: ".length())));
    assertEquals(200, rest.statusCode(), rest::body);
    assertEquals(
        CompletionsTest.events(String.join("\n", lines.subList(cut + 1, lines.size()))),
        CompletionsTest.events(rest.body()));
  }

  @Test
  void toolsAreRefusedByNameWhereACapabilityTakesNone() throws Exception {
    HttpResponse<String> refused = server.post(CHAT, chat(TOOLS).replace("\"story\"", "\"echo\""));
    assertEquals(400, refused.statusCode(), refused::body);
    contract.check(POST_CHAT, refused);
    assertEquals("tools", error(refused).path("param").asString());
    assertEquals(
        "tools: echo takes no tools (expected: none, or a capability that offers tool calls)",
        error(refused).path("message").asString());
    assertEquals(0, server.log.requests.size());
    String none = chat(TOOLS + ",\"tool_choice\":\"none\"").replace("\"story\"", "\"echo\"");
    assertEquals(200, server.post(CHAT, none).statusCode());
  }
}
