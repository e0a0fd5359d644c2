package io.anyserve.ingress.chat;

import static io.anyserve.ingress.chat.ChatTestServer.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.event.ControlCommand;
import io.anyserve.ingress.response.Events;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

@Timeout(90)
final class ChatSocketTest {

  private final ChatTestServer server;
  private final TestSocket socket;

  ChatSocketTest() throws Exception {
    server = ChatTestServer.start();
    server.log.answers(server.log::tellStory);
    socket = TestSocket.of(server);
  }

  @AfterEach
  void stop() throws Exception {
    socket.close();
    server.close();
  }

  @Test
  void aMessageIsAnsweredAndBothAreInTheHistory() throws Exception {
    socket.ask("c1", "m1", null, "Once");
    JsonNode accepted = socket.next("accepted");
    InferenceRequest request = server.log.requests.getFirst();
    assertEquals("c1", accepted.path("conversation").asString());
    assertEquals("m1", accepted.path("message").asString());
    assertEquals("story", accepted.path("model").asString());
    assertEquals(request.id().toString(), accepted.path("request").asString());
    assertEquals("c1", request.context().session().value());
    assertEquals("w0 ", socket.next("delta").path("text").asString());
    assertEquals("w1 ", socket.next("delta").path("text").asString());
    JsonNode finished = socket.next("finished");
    assertEquals("stop", finished.path("finish_reason").asString());
    assertEquals(
        "{\"prompt_tokens\":3,\"completion_tokens\":2,\"cached\":0}",
        finished.path("usage").toString());
    JsonNode history = history();
    assertEquals(accepted.path("answer"), history.path("current"));
    JsonNode answer = message(history, accepted.path("answer").asString());
    assertEquals("w0 w1 ", answer.path("content").asString());
    assertEquals("complete", answer.path("state").asString());
    assertEquals("m1", answer.path("parent").asString());
    assertEquals("story", answer.path("model").asString());
    assertEquals(2, answer.path("usage").path("completion_tokens").asInt());
    assertTrue(message(history, "m1").path("parent").isNull());
  }

  @Test
  void theEndIsToldWhenTheConversationHasIt() throws Exception {
    var held = new CountDownLatch(1);
    server.conversations.holdCompletions(held);
    socket.ask("c1", "m1", null, "Once");
    socket.next("accepted");
    socket.next("delta");
    socket.next("delta");
    socket.send("{}");
    socket.next("failed");
    held.countDown();
    socket.next("finished");
  }

  @Test
  void thePathGoesToTheModel() throws Exception {
    String first = answered("m1", null, "Once");
    socket.send(
        """
        {"type":"send","conversation":"c1","message":"m2","parent":"%s","model":"story","content":"Go on",
         "system":"Be brief","parameters":{"max_tokens":7,"temperature":0.5,"seed":5,"stop":["x"]}}"""
            .formatted(first));
    socket.next("accepted");
    socket.toEnd();
    InferenceRequest request = server.log.requests.getLast();
    assertEquals(
        new Payload.Chat(
            List.of(
                new ChatMessage("system", "Be brief"),
                new ChatMessage("user", "Once"),
                new ChatMessage("assistant", "w0 w1 "),
                new ChatMessage("user", "Go on"))),
        request.input());
    assertEquals(7, request.parameters().maxTokens());
    assertEquals(5, request.parameters().sampling().seed());
  }

  /** 1,024 tokens of context without 256 of the answer, at two bytes a token. */
  @Test
  void whatExceedsTheContextIsLeftOut() throws Exception {
    String first = answered("m1", null, "a".repeat(1000));
    String second = answered("m2", first, "b".repeat(1000));
    answered("m3", second, "c".repeat(100));
    List<ChatMessage> sent = ((Payload.Chat) server.log.requests.getLast().input()).messages();
    assertEquals("b".repeat(1000), sent.getFirst().content());
    assertEquals(3, sent.size());
    answered("m4", null, "d".repeat(4000));
    assertEquals(
        new Payload.Chat(List.of(new ChatMessage("user", "d".repeat(4000)))),
        server.log.requests.getLast().input());
  }

  @Test
  void anEditMakesABranchAndARegenerationASibling() throws Exception {
    String first = answered("m1", null, "Once");
    String edited = answered("m1b", null, "Twice");
    socket.send(
        "{\"type\":\"regenerate\",\"conversation\":\"c1\",\"message\":\"m1\",\"model\":\"story\"}");
    JsonNode accepted = socket.next("accepted");
    assertEquals("m1", accepted.path("message").asString());
    socket.toEnd();
    assertEquals(
        new Payload.Chat(List.of(new ChatMessage("user", "Once"))),
        server.log.requests.getLast().input());
    JsonNode history = history();
    assertEquals(5, history.path("messages").size());
    for (String sibling : List.of(first, accepted.path("answer").asString())) {
      assertEquals("m1", message(history, sibling).path("parent").asString());
    }
    assertEquals("m1b", message(history, edited).path("parent").asString());
  }

  @Test
  void anAnswerIsNoQuestion() throws Exception {
    String first = answered("m1", null, "Once");
    socket.send(
        "{\"type\":\"regenerate\",\"conversation\":\"c1\",\"message\":\"%s\",\"model\":\"story\"}"
            .formatted(first));
    JsonNode failed = socket.next("failed");
    assertEquals("message", failed.path("error").path("param").asString());
    assertEquals(first, failed.path("message").asString());
  }

  @Test
  void aStoppedAnswerKeepsWhatItHas() throws Exception {
    server.log.answers(this::begin);
    socket.ask("c1", "m1", null, "Once");
    String answer = socket.next("accepted").path("answer").asString();
    socket.next("delta");
    socket.send("{\"type\":\"stop\",\"answer\":\"%s\"}".formatted(answer));
    Awaitility.await().until(() -> !server.log.commands.isEmpty());
    var cancel = (ControlCommand.Cancel) server.log.commands.getFirst();
    assertEquals(CancelReason.EXPLICIT, cancel.reason());
    server.log.emit(server.log.requests.getFirst(), Events.cancelled(CancelReason.EXPLICIT));
    assertEquals("cancelled", socket.next("finished").path("finish_reason").asString());
    JsonNode message = message(history(), answer);
    assertEquals("w0 ", message.path("content").asString());
    assertEquals("complete", message.path("state").asString());
  }

  @Test
  void aFailedAnswerSaysWhy() throws Exception {
    server.log.answers(this::begin);
    socket.ask("c1", "m1", null, "Once");
    String answer = socket.next("accepted").path("answer").asString();
    server.log.emit(server.log.requests.getFirst(), Events.failed(FailureCode.ENGINE_FAILED));
    List<JsonNode> events = socket.toEnd();
    assertEquals("engine_failed", events.getLast().path("error").path("code").asString());
    assertEquals(answer, events.getLast().path("answer").asString());
    JsonNode message = message(history(), answer);
    assertEquals("failed", message.path("state").asString());
    assertEquals("w0 ", message.path("content").asString());
    assertEquals("engine_failed", message.path("error").path("code").asString());
  }

  @Test
  void anAnswerGoesOnWithoutItsSocket() throws Exception {
    server.log.answers(this::begin);
    socket.ask("c1", "m1", null, "Once");
    String answer = socket.next("accepted").path("answer").asString();
    socket.close();
    Awaitility.await().until(() -> server.streams.size() == 1);
    finish();
    Awaitility.await()
        .untilAsserted(
            () -> assertEquals("w0 w1 ", message(history(), answer).path("content").asString()));
    assertEquals(List.of(), server.log.commands);
    Awaitility.await().until(() -> server.streams.size() == 0);
  }

  @Test
  void aRunningAnswerIsResumedBehindAPositionOrFromItsBeginning() throws Exception {
    server.log.answers(this::begin);
    socket.ask("c1", "m1", null, "Once");
    String answer = socket.next("accepted").path("answer").asString();
    String position = socket.next("delta").path("position").asString();
    try (TestSocket second = TestSocket.of(server);
        TestSocket third = TestSocket.of(server)) {
      resume(second, answer, "\"" + position + "\"");
      resume(third, answer, "null");
      assertEquals(answer, second.next("accepted").path("answer").asString());
      third.next("accepted");
      assertEquals("w0 ", third.next("delta").path("text").asString());
      finish();
      assertEquals("w1 ", TestSocket.text(second.toEnd()));
      assertEquals("w1 ", TestSocket.text(third.toEnd()));
      assertEquals("w1 ", TestSocket.text(socket.toEnd()));
      resume(second, answer, "null");
      second.next("accepted");
      assertEquals("w0 w1 ", TestSocket.text(second.toEnd()));
    }
  }

  @Test
  void aPositionOfAnotherAnswerIsRefused() throws Exception {
    String first = answered("m1", null, "Once");
    socket.ask("c1", "m2", first, "Twice");
    socket.next("accepted");
    String position = socket.next("delta").path("position").asString();
    socket.toEnd();
    resume(socket, first, "\"" + position + "\"");
    assertEquals("permission_denied", socket.next("failed").path("error").path("code").asString());
  }

  @Test
  void theSameMessageAgainIsTheSameAnswer() throws Exception {
    String answer = answered("m1", null, "Once");
    socket.ask("c1", "m1", null, "Once");
    assertEquals(answer, socket.next("accepted").path("answer").asString());
    assertEquals("w0 w1 ", TestSocket.text(socket.toEnd()));
    assertEquals(1, server.log.requests.size());
    assertEquals(2, history().path("messages").size());
  }

  @Test
  void theConversationHasTheAnswerBeforeItsRequestIsPublished() throws Exception {
    server.log.answers(_ -> {});
    server.conversations.failNext(Integer.MAX_VALUE);
    socket.ask("c1", "m1", null, "Once");
    assertEquals("store_unavailable", socket.next("failed").path("error").path("code").asString());
    assertEquals(List.of(), server.log.requests);
    server.conversations.failNext(0);
    socket.ask("c1", "m1", null, "Once");
    String answer = socket.next("accepted").path("answer").asString();
    assertEquals("running", message(history(), answer).path("state").asString());
  }

  /** Otherwise a conversation could have an answer for good that no request will ever write. */
  @Test
  void aMessageThatMayHaveBeenAddedIsAddedAgain() throws Exception {
    server.conversations.loseNext(2);
    String answer = answered("m1", null, "Once");
    assertEquals(1, server.log.requests.size());
    assertEquals("complete", message(history(), answer).path("state").asString());
    assertEquals(2, history().path("messages").size());
  }

  @Test
  void theSameHoldsWhereTheConversationHasMovedOnMeanwhile() throws Exception {
    String first = answered("m1", null, "Once");
    server.conversations.loseNextMessageAndRollBack(first);
    String second = answered("m2", first, "Twice");
    assertEquals(2, server.log.requests.size());
    assertEquals("complete", message(history(), second).path("state").asString());
  }

  @Test
  void anEndThatCouldNotBeRecordedIsRecordedByTheNextLook() throws Exception {
    server.log.answers(this::begin);
    socket.ask("c1", "m1", null, "Once");
    String answer = socket.next("accepted").path("answer").asString();
    server.streams.detachAll();
    assertEquals("shutting_down", socket.toEnd().getLast().path("error").path("code").asString());
    assertEquals("running", message(history(), answer).path("state").asString());
    finish();
    Awaitility.await()
        .untilAsserted(
            () -> assertEquals("complete", message(history(), answer).path("state").asString()));
    assertEquals("w0 w1 ", message(history(), answer).path("content").asString());
  }

  @Test
  void aDeletedConversationStopsItsAnswers() throws Exception {
    server.log.answers(this::begin);
    socket.ask("c1", "m1", null, "Once");
    socket.next("accepted");
    assertEquals(204, server.send(server.to("/chat/history/c1").DELETE()).statusCode());
    Awaitility.await().until(() -> !server.log.commands.isEmpty());
    assertEquals(
        server.log.requests.getFirst().id(),
        ((ControlCommand.Cancel) server.log.commands.getFirst()).request());
    server.log.emit(server.log.requests.getFirst(), Events.cancelled(CancelReason.EXPLICIT));
    socket.toEnd();
    assertEquals(404, server.get("/chat/history/c1").statusCode());
  }

  @Test
  void aSocketFollowsEightAnswersAtMost() throws Exception {
    server.log.answers(_ -> {});
    for (int i = 0; i < ChatSocket.MOST_ANSWERS; i++) {
      socket.ask("c" + i, "m1", null, "Once");
      socket.next("accepted");
    }
    socket.ask("c9", "m1", null, "Once");
    JsonNode failed = socket.next("failed");
    assertEquals("rate_limit_exceeded", failed.path("error").path("code").asString());
    assertEquals("m1", failed.path("message").asString());
    assertEquals(ChatSocket.MOST_ANSWERS, server.log.requests.size());
  }

  /** The log has far more than the socket and memory take. */
  @Test
  void aClientThatReadsSlowlyIsServedFromTheLog() throws Exception {
    server.log.answers(_ -> {});
    socket.ask("c1", "m1", null, "Once");
    String answer = socket.next("accepted").path("answer").asString();
    InferenceRequest request = server.log.requests.getFirst();
    server.log.emit(request, Events.started());
    String piece = "x".repeat(500);
    int pieces = 400;
    for (int i = 0; i < pieces; i++) {
      server.log.emit(request, Events.chunk(i, piece));
    }
    server.log.emit(request, Events.finished());
    assertEquals(piece.repeat(pieces), TestSocket.text(socket.toEnd()));
    assertEquals(piece.repeat(pieces), message(history(), answer).path("content").asString());
  }

  @Test
  void anAnswerThatNoMessageHoldsIsCutOffAndStopped() throws Exception {
    server.log.answers(_ -> {});
    socket.ask("c1", "m1", null, "Once");
    String answer = socket.next("accepted").path("answer").asString();
    InferenceRequest request = server.log.requests.getFirst();
    server.log.emit(request, Events.started());
    String piece = "x".repeat(100_000);
    for (int i = 0; i < 3; i++) {
      server.log.emit(request, Events.chunk(i, piece));
    }
    Awaitility.await().until(() -> !server.log.commands.isEmpty());
    server.log.emit(request, Events.cancelled(CancelReason.EXPLICIT));
    socket.toEnd();
    JsonNode message = message(history(), answer);
    assertEquals(piece.repeat(2), message.path("content").asString());
    assertEquals("too_large", message.path("error").path("code").asString());
  }

  private void begin(InferenceRequest request) {
    server.log.emit(request, Events.started());
    server.log.emit(request, Events.chunk(0));
  }

  private void finish() {
    InferenceRequest request = server.log.requests.getFirst();
    server.log.emit(request, Events.chunk(1));
    server.log.emit(request, Events.finished());
  }

  private static void resume(TestSocket by, String answer, String position) {
    by.send(
        "{\"type\":\"resume\",\"conversation\":\"c1\",\"answer\":\"%s\",\"position\":%s}"
            .formatted(answer, position));
  }

  /** Returns the id of the answer. */
  private String answered(String message, @Nullable String parent, String content)
      throws Exception {
    socket.ask("c1", message, parent, content);
    String answer = socket.next("accepted").path("answer").asString();
    assertEquals("finished", socket.toEnd().getLast().path("type").asString());
    return answer;
  }

  private JsonNode history() throws Exception {
    return json(server.get("/chat/history/c1"));
  }

  private static JsonNode message(JsonNode history, String id) {
    Optional<JsonNode> found =
        history
            .path("messages")
            .valueStream()
            .filter(message -> message.path("id").asString().equals(id))
            .findFirst();
    return found.orElseThrow(() -> new AssertionError(id + " in " + history));
  }
}
