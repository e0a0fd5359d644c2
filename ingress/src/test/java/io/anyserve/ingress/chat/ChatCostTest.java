package io.anyserve.ingress.chat;

import static io.anyserve.ingress.chat.ChatTestServer.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.event.PriceBook;
import io.anyserve.contracts.event.PriceBook.Price;
import io.anyserve.ingress.response.Events;
import java.time.Instant;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/**
 * An answer of the story has 3 prompt tokens and 2 tokens, from model {@code m}. A token costs what
 * the book says in whole millionths.
 */
@Timeout(90)
final class ChatCostTest {

  private static final Instant TIME = Instant.parse("2026-12-01T00:00:00Z");

  private final ChatTestServer server;
  private final TestSocket socket;

  ChatCostTest() throws Exception {
    server = ChatTestServer.start();
    server.log.at(TIME);
    server.log.answers(server.log::tellStory);
    socket = TestSocket.of(server);
  }

  @AfterEach
  void stop() throws Exception {
    socket.close();
    server.close();
  }

  @Test
  void aFinishedAnswerSaysItsCostAndTheHistoryKeepsIt() throws Exception {
    server.set(book("v1", TIME, "m", 1, 2, 10));
    JsonNode finished = answered();
    String cost = cost(17, "v1");
    assertEquals(cost, finished.path("cost").toString());
    assertEquals(cost, kept(finished).path("cost").toString());
    server.set(book("v2", TIME, "m", 100, 100, 100));
    assertEquals(cost, kept(finished).path("cost").toString());
  }

  @Test
  void theBookIsTheOneInEffectWhenTheLogHasTheEnd() throws Exception {
    server.set(book("v1", TIME, "m", 1, 1, 0));
    server.set(book("v2", TIME.plusSeconds(60), "m", 2, 2, 0));
    assertEquals(cost(5, "v1"), answered().path("cost").toString());
    server.log.at(TIME.plusSeconds(60));
    socket.ask("c2", "m1", null, "Once");
    socket.next("accepted");
    assertEquals(cost(10, "v2"), socket.toEnd().getLast().path("cost").toString());
  }

  @Test
  void aModelWithoutAPriceOfItsOwnCostsTheCommonOne() throws Exception {
    server.set(book("v1", TIME, PriceBook.ANY, 1, 2, 0));
    assertEquals(cost(7, "v1"), answered().path("cost").toString());
  }

  @Test
  void withoutAPriceThereIsNoCost() throws Exception {
    server.set(book("v1", TIME, "another", 1, 2, 0));
    server.set(book("v0", TIME.plusSeconds(1), "m", 1, 2, 0));
    JsonNode finished = answered();
    assertTrue(finished.path("cost").isMissingNode(), finished.toString());
    assertTrue(kept(finished).path("cost").isMissingNode());
  }

  @Test
  void aStoppedAnswerCostsItsTokens() throws Exception {
    server.set(book("v1", TIME, "m", 1, 2, 10));
    server.log.answers(this::begin);
    socket.ask("c1", "m1", null, "Once");
    socket.next("accepted");
    socket.next("delta");
    server.log.emit(request(), Events.cancelled(CancelReason.EXPLICIT));
    assertEquals(cost(5, "v1"), socket.next("finished").path("cost").toString());
  }

  @Test
  void aFailedAnswerHasItsCostInTheHistory() throws Exception {
    server.set(book("v1", TIME, "m", 1, 2, 10));
    server.log.answers(this::begin);
    socket.ask("c1", "m1", null, "Once");
    socket.next("accepted");
    server.log.emit(request(), Events.failed(FailureCode.ENGINE_FAILED));
    JsonNode failed = socket.toEnd().getLast();
    assertTrue(failed.path("cost").isMissingNode());
    assertEquals(cost(5, "v1"), kept(failed).path("cost").toString());
  }

  /** The model is in an event that such a reader does not read. */
  @Test
  void aClientThatResumesHearsTheCost() throws Exception {
    server.set(book("v1", TIME, "m", 1, 2, 0));
    server.log.answers(this::begin);
    socket.ask("c1", "m1", null, "Once");
    String answer = socket.next("accepted").path("answer").asString();
    String position = socket.next("delta").path("position").asString();
    try (TestSocket second = TestSocket.of(server)) {
      second.resume(answer, position);
      second.next("accepted");
      server.log.emit(request(), Events.chunk(1));
      server.log.emit(request(), Events.finished());
      assertEquals(cost(7, "v1"), second.toEnd().getLast().path("cost").toString());
      socket.toEnd();
      second.resume(answer, position);
      second.next("accepted");
      assertEquals(cost(7, "v1"), second.toEnd().getLast().path("cost").toString());
    }
  }

  /** As another ingress does, or this one after a restart. */
  @Test
  void whoeverRecordsTheEndRecordsTheCost() throws Exception {
    server.set(book("v1", TIME, "m", 1, 2, 0));
    server.log.answers(this::begin);
    socket.ask("c1", "m1", null, "Once");
    JsonNode accepted = socket.next("accepted");
    server.streams.detachAll();
    socket.toEnd();
    server.log.emit(request(), Events.chunk(1));
    server.log.emit(request(), Events.finished());
    server.log.at(TIME.plusSeconds(60));
    server.set(book("v2", TIME.plusSeconds(60), "m", 5, 5, 0));
    Awaitility.await()
        .untilAsserted(() -> assertEquals(cost(7, "v1"), kept(accepted).path("cost").toString()));
  }

  private void begin(InferenceRequest request) {
    server.log.start(request);
    server.log.emit(request, Events.chunk(0));
  }

  private InferenceRequest request() {
    return server.log.requests.getFirst();
  }

  /** The last event of an answer in conversation c1. */
  private JsonNode answered() throws Exception {
    socket.ask("c1", "m1", null, "Once");
    socket.next("accepted");
    return socket.toEnd().getLast();
  }

  /** The message that the event ended. */
  private JsonNode kept(JsonNode end) throws Exception {
    return json(server.get("/chat/history/c1"))
        .path("messages")
        .valueStream()
        .filter(message -> message.path("id").equals(end.path("answer")))
        .findFirst()
        .orElseThrow();
  }

  private static String cost(long micros, String version) {
    return "{\"cost_micros\":%d,\"currency\":\"EUR\",\"price_version\":\"%s\"}"
        .formatted(micros, version);
  }

  private static PriceBook book(
      String version, Instant from, String model, int prompt, int completion, int request) {
    var price = new Price(prompt * 1_000_000L, completion * 1_000_000L, 0, request);
    return new PriceBook(version, from, "EUR", Map.of(model, price));
  }
}
