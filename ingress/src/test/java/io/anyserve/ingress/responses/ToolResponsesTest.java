package io.anyserve.ingress.responses;

import static io.anyserve.ingress.responses.ResponseAssertions.data;
import static io.anyserve.ingress.responses.ResponseAssertions.id;
import static io.anyserve.ingress.responses.ResponseAssertions.previous;
import static io.anyserve.ingress.responses.ResponsesTestServer.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.answer.ToolCallDelta;
import io.anyserve.contracts.tool.ToolCall;
import io.anyserve.contracts.tool.ToolChoice;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.ingress.response.Events;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Responses that think and call functions. */
@Timeout(60)
final class ToolResponsesTest {

  private static final String TOOLS =
      "\"tools\":[{\"type\":\"function\",\"name\":\"look\",\"parameters\":{\"type\":\"object\"},"
          + "\"strict\":true}],\"parallel_tool_calls\":true";
  private static final String LOOK = "\"input\":\"Look\"," + TOOLS;

  private final ResponsesTestServer server;

  ToolResponsesTest() throws Exception {
    server = new ResponsesTestServer();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private void callsTwice(InferenceRequest request) {
    server.log.start(request);
    emit(request, 0, new AnswerDelta("", "Hm.", List.of()));
    emit(request, 1, new AnswerDelta("I look.", "", List.of()));
    emit(request, 2, new AnswerDelta("", "", List.of(new ToolCallDelta(0, "c0", "look", "{"))));
    emit(request, 3, new AnswerDelta("", "", List.of(new ToolCallDelta(0, "", "", "}"))));
    emit(request, 4, new AnswerDelta("", "", List.of(new ToolCallDelta(1, "c1", "look", "{}"))));
    server.log.emit(request, Events.finished(FinishReason.TOOL_CALLS));
  }

  private void emit(InferenceRequest request, long sequence, AnswerDelta delta) {
    server.log.emit(request, Events.chunk(sequence, delta));
  }

  private static String types(List<String> events) {
    return events.stream()
        .map(event -> data(event).path("type").asString().replace("response.", ""))
        .collect(Collectors.joining(" "));
  }

  @Test
  void theOutputHasAnItemForEachAndIsKept() throws Exception {
    server.log.answers(this::callsTwice);
    HttpResponse<String> created = server.create(LOOK);
    JsonNode response = json(created);
    String request = server.log.requests.getFirst().id().toString();
    assertEquals(
        """
        [{"id":"rs_R","type":"reasoning","status":"completed","summary":[],"content":[{"type":"reasoning_text","text":"Hm."}]},\
        {"id":"msg_R","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"I look.","annotations":[],"logprobs":[]}]},\
        {"id":"fc_R","type":"function_call","status":"completed","call_id":"c0","name":"look","arguments":"{}"},\
        {"id":"fc_R_o1","type":"function_call","status":"completed","call_id":"c1","name":"look","arguments":"{}"}]"""
            .replace("R\"", request + "\"")
            .replace("R_o1", request + "_o1"),
        response.path("output").toString());
    assertEquals("completed", response.path("status").asString());
    assertEquals(
        "[{\"type\":\"function\",\"name\":\"look\",\"description\":null,\"parameters\":{\"type\":\"object\"},\"strict\":true}]",
        response.path("tools").toString());
    assertEquals("auto", response.path("tool_choice").asString());
    assertEquals(created.body(), server.get(id(created)).body());
    Payload.Chat chat = chat(0);
    assertEquals(
        List.of(new ToolDefinition("look", "", "{\"type\":\"object\"}", true)),
        chat.tools().definitions());
    assertEquals(ToolChoice.AUTO, chat.tools().choice());
  }

  @Test
  void aStreamTellsOfEachItemAndGoesOnBehindEachEvent() throws Exception {
    server.log.answers(this::callsTwice);
    HttpResponse<String> stream = server.create(LOOK + ",\"stream\":true");
    List<String> events = List.of(stream.body().split("(?<=\n\n)"));
    assertEquals(
        "created in_progress"
            + " output_item.added content_part.added reasoning_text.delta reasoning_text.done"
            + " content_part.done output_item.done"
            + " output_item.added content_part.added output_text.delta output_text.done"
            + " content_part.done output_item.done"
            + " output_item.added function_call_arguments.delta function_call_arguments.delta"
            + " function_call_arguments.done output_item.done"
            + " output_item.added function_call_arguments.delta function_call_arguments.done"
            + " output_item.done completed",
        types(events));
    JsonNode completed = data(events.getLast()).path("response");
    String id = completed.path("id").asString();
    for (int i = 0; i < events.size(); i++) {
      JsonNode event = data(events.get(i));
      assertEquals(i, event.path("sequence_number").asInt());
      if (event.has("item_id")) {
        assertEquals(
            completed.path("output").path(event.path("output_index").asInt()).path("id"),
            event.path("item_id"));
      }
      if (event.path("type").asString().equals("response.output_item.done")) {
        assertEquals(
            completed.path("output").path(event.path("output_index").asInt()), event.path("item"));
      }
      assertEquals(
          String.join("", events.subList(i + 1, events.size())),
          server.get(id + "?stream=true&starting_after=" + i).body(),
          "behind " + i);
    }
  }

  @Test
  void theNextResponseGetsTheCallsAndTheirOutputs() throws Exception {
    server.log.answers(this::callsTwice);
    String first = id(server.create(LOOK));
    server.log.answers(server.log::tellStory);
    String outputs =
        "\"input\":[{\"type\":\"function_call_output\",\"call_id\":\"c0\",\"output\":\"one\"},"
            + "{\"type\":\"function_call_output\",\"call_id\":\"c1\",\"output\":\"two\"}],";
    HttpResponse<String> next = server.create(outputs + TOOLS + "," + previous(first));
    assertEquals(200, next.statusCode(), next::body);
    List<ToolCall> calls =
        List.of(new ToolCall("c0", "look", "{}"), new ToolCall("c1", "look", "{}"));
    assertEquals(
        List.of(
            new ChatMessage("user", "Look"),
            ChatMessage.assistant("I look.", "Hm.", calls),
            ChatMessage.toolResult("c0", "one"),
            ChatMessage.toolResult("c1", "two")),
        chat(1).messages());
    JsonNode items = json(server.get(id(next) + "/input_items?order=asc"));
    assertEquals("function_call_output", items.path("data").path(0).path("type").asString());
    assertEquals("one", items.path("data").path(0).path("output").asString());
  }

  private Payload.Chat chat(int index) {
    return assertInstanceOf(Payload.Chat.class, server.log.requests.get(index).input());
  }
}
