package io.anyserve.ingress.http;

import static io.anyserve.ingress.http.HttpTestServer.chat;
import static io.anyserve.ingress.http.HttpTestServer.error;
import static io.anyserve.ingress.http.HttpTestServer.json;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.RequestKind;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.codec.EmbeddingInputsCodec;
import io.anyserve.contracts.codec.EmbeddingsCodec;
import io.anyserve.contracts.codec.TokenIdsCodec;
import io.anyserve.contracts.embedding.Embedding;
import io.anyserve.contracts.embedding.EmbeddingInput.OfText;
import io.anyserve.contracts.embedding.EmbeddingInput.OfTokens;
import io.anyserve.contracts.embedding.Embeddings;
import io.anyserve.contracts.event.ControlCommand.Cancel;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.ingress.response.Events;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
final class EmbeddingsTest {

  private static final String EMBEDDINGS = "/v1/embeddings";

  private static final Embedding FIRST = Embedding.of(1f, -0.5f);
  private static final Embedding SECOND = Embedding.of(0.1f, 0f);

  private final HttpTestServer server;

  EmbeddingsTest() throws Exception {
    server = HttpTestServer.start();
    server.log.answers(this::tellVectors);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  /** A vector in each chunk, which an input needs. */
  private void tellVectors(InferenceRequest request) {
    server.log.start(request);
    int inputs = EmbeddingInputsCodec.read(request.input()).inputs().size();
    for (int i = 0; i < inputs; i++) {
      server.log.emit(request, part(i, i % 2 == 0 ? FIRST : SECOND));
    }
    server.log.emit(request, Events.finished());
  }

  private static Chunk part(long sequence, Embedding vector) {
    var payload = EmbeddingsCodec.write(new Embeddings(List.of(vector)));
    return new Chunk(sequence, TokenIds.NONE, "", Optional.of(payload));
  }

  private static String two(String more) {
    return "{\"model\":\"vectors\",\"input\":[\"one\",\"two\"]%s}".formatted(more);
  }

  @Test
  void vectorsAreToldInOpenAisForm() throws Exception {
    HttpResponse<String> response = server.post(EMBEDDINGS, two(",\"user\":\"ann\""));
    assertEquals(
        "{\"object\":\"list\",\"data\":["
            + "{\"object\":\"embedding\",\"index\":0,\"embedding\":[1.0,-0.5]},"
            + "{\"object\":\"embedding\",\"index\":1,\"embedding\":[0.1,0.0]}],"
            + "\"model\":\"vectors\",\"usage\":{\"prompt_tokens\":3,\"total_tokens\":3}}",
        response.body());
    InferenceRequest request = server.log.requests.getFirst();
    assertEquals(RequestKind.EMBED, request.kind());
    assertEquals(
        List.of(new OfText("one"), new OfText("two")),
        EmbeddingInputsCodec.read(request.input()).inputs());
    assertEquals("ann", request.context().labels().get("user"));
    assertEquals(request.id().toString(), response.headers().firstValue("x-request-id").orElse(""));
    assertEquals("application/json", response.headers().firstValue("content-type").orElse(""));
    assertEquals(200, server.post("/embeddings", two("")).statusCode());
  }

  @Test
  void vectorsAreToldInBase64() throws Exception {
    var response = server.post(EMBEDDINGS, two(",\"encoding_format\":\"base64\",\"dimensions\":2"));
    assertEquals(
        "AACAPwAAAL8=", json(response).path("data").path(0).path("embedding").asString(""));
    assertEquals(
        "zczMPQAAAAA=", json(response).path("data").path(1).path("embedding").asString(""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"[7,0]|1", "[[7,0],[9]]|2", "[7.0,0]|1"})
  void tokensAreEmbeddedToo(String input, int count) throws Exception {
    assertEquals(
        200,
        server
            .post(EMBEDDINGS, "{\"model\":\"vectors\",\"input\":%s}".formatted(input))
            .statusCode());
    var inputs = EmbeddingInputsCodec.read(server.log.requests.getFirst().input()).inputs();
    assertEquals(count, inputs.size());
    assertEquals(new OfTokens(TokenIds.of(7, 0)), inputs.getFirst());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "input|{\"model\":\"vectors\"}",
        "input|{\"model\":\"vectors\",\"input\":null}",
        "input|{\"model\":\"vectors\",\"input\":\"\"}",
        "input|{\"model\":\"vectors\",\"input\":[]}",
        "input|{\"model\":\"vectors\",\"input\":[[]]}",
        "input|{\"model\":\"vectors\",\"input\":[\"a\",\"\"]}",
        "input|{\"model\":\"vectors\",\"input\":[\"a\",1]}",
        "input|{\"model\":\"vectors\",\"input\":[1,\"a\"]}",
        "input|{\"model\":\"vectors\",\"input\":[[1],\"a\"]}",
        "input|{\"model\":\"vectors\",\"input\":[\"a\",[1]]}",
        "input|{\"model\":\"vectors\",\"input\":[1.5]}",
        "input|{\"model\":\"vectors\",\"input\":[-1]}",
        "input|{\"model\":\"vectors\",\"input\":[2147483648]}",
        "input|{\"model\":\"vectors\",\"input\":[[1,[2]]]}",
        "input|{\"model\":\"vectors\",\"input\":{\"text\":\"a\"}}",
        "input|{\"model\":\"vectors\",\"input\":7}",
        "input|{\"model\":\"vectors\",\"input\":\"a\\u0000b\"}",
        "encoding_format|{\"model\":\"vectors\",\"input\":\"a\",\"encoding_format\":\"int8\"}",
        "dimensions|{\"model\":\"vectors\",\"input\":\"a\",\"dimensions\":3}",
        "dimensions|{\"model\":\"vectors\",\"input\":\"a\",\"dimensions\":0}",
        "model|{\"input\":\"a\"}",
        "model|{\"model\":\"story\",\"input\":\"a\"}",
        "temperature|{\"model\":\"vectors\",\"input\":\"a\",\"temperature\":1}",
        "user|{\"model\":\"vectors\",\"input\":\"a\",\"user\":7}"
      })
  void whatIsWrongIsNamed(String param, String body) throws Exception {
    HttpResponse<String> response = server.post(EMBEDDINGS, body);
    assertEquals(400, response.statusCode(), response::body);
    assertEquals(param, error(response).path("param").asString(""), response::body);
    assertTrue(server.log.requests.isEmpty());
  }

  @Test
  void thereAreAtMost2048Inputs() throws Exception {
    String body = "{\"model\":\"vectors\",\"input\":[%s\"a\"]}";
    assertEquals(200, server.post(EMBEDDINGS, body.formatted("\"a\",".repeat(2_047))).statusCode());
    var refused = server.post(EMBEDDINGS, body.formatted("\"a\",".repeat(2_048)));
    assertEquals(
        "input: 2049 inputs (expected: at most 2048)", error(refused).path("message").asString(""));
    assertEquals(1, server.log.requests.size());
  }

  @Test
  void otherDimensionsThanTheModelsAreNamed() throws Exception {
    assertEquals(
        "dimensions: 3 (expected: 2, those of vectors, or none)",
        error(server.post(EMBEDDINGS, two(",\"dimensions\":3"))).path("message").asString(""));
    String other = two(",\"dimensions\":3").replace("\"vectors\"", "\"alias\"");
    HttpResponse<String> behind = server.post(EMBEDDINGS, other);
    assertEquals(400, behind.statusCode());
    assertEquals("dimensions", error(behind).path("param").asString(""));
  }

  @Test
  void whatACapabilityDoesNotOfferIsNotPublished() throws Exception {
    assertRefused(
        "story writes text (expected: one that embeds texts)",
        server.post(EMBEDDINGS, two("").replace("vectors", "story")));
    String embeds = "vectors embeds texts (expected: one that writes text)";
    assertRefused(
        embeds, server.post("/v1/chat/completions", chat("").replace("story", "vectors")));
    assertRefused(
        embeds, server.post("/v1/completions", "{\"model\":\"vectors\",\"prompt\":\"Once\"}"));
    assertTrue(server.log.requests.isEmpty());
  }

  private static void assertRefused(String why, HttpResponse<String> response) {
    assertEquals(400, response.statusCode());
    assertEquals("model", error(response).path("param").asString(""));
    String message = error(response).path("message").asString("");
    assertTrue(message.endsWith(": " + why), message);
  }

  @Test
  void aFailureOfTheWorkerHasItsStatus() throws Exception {
    server.log.answers(
        request -> {
          server.log.emit(request, Events.started());
          server.log.emit(request, part(0, FIRST));
          server.log.emit(request, Events.failed(FailureCode.CONTEXT_LENGTH_EXCEEDED));
        });
    HttpResponse<String> response = server.post(EMBEDDINGS, two(""));
    assertEquals(400, response.statusCode());
    assertEquals("context_length_exceeded", error(response).path("code").asString(""));
  }

  @Test
  void anAnswerWithTooFewVectorsIsAFailure() throws Exception {
    server.log.answers(
        request -> {
          server.log.emit(request, Events.started());
          server.log.emit(request, part(0, FIRST));
          server.log.emit(request, Events.finished());
        });
    HttpResponse<String> response = server.post(EMBEDDINGS, two(""));
    assertEquals(500, response.statusCode());
    assertEquals(
        "vectors of the worker's answer: 1 (expected: 2)",
        error(response).path("message").asString(""));
  }

  @Test
  void anAnswerOfAnotherKindIsAFailure() throws Exception {
    var tokens = TokenIdsCodec.write(TokenIds.of(1));
    server.log.answers(
        request -> {
          server.log.emit(request, Events.started());
          server.log.emit(request, new Chunk(0, TokenIds.NONE, "", Optional.of(tokens)));
          server.log.emit(request, Events.finished());
        });
    HttpResponse<String> response = server.post(EMBEDDINGS, two(""));
    assertEquals(500, response.statusCode());
    assertEquals("internal", error(response).path("code").asString(""));
  }

  @Test
  void aClientThatLeavesCancels() throws Exception {
    server.log.answers(request -> server.log.emit(request, Events.started()));
    try (Socket socket = server.raw(HttpTestServer.rawPost(EMBEDDINGS, two("")))) {
      await().atMost(30, TimeUnit.SECONDS).until(() -> !server.log.requests.isEmpty());
      assertTrue(socket.isConnected());
    }
    await().atMost(30, TimeUnit.SECONDS).until(() -> !server.log.commands.isEmpty());
    assertEquals(
        List.of(new Cancel(server.log.requests.getFirst().id(), CancelReason.CLIENT_GONE)),
        server.log.commands);
  }

  @Test
  void anIdempotencyKeyIsTheRequests() throws Exception {
    var keyed = server.posting(EMBEDDINGS, two("")).header("Idempotency-Key", "once");
    assertEquals(200, server.send(keyed).statusCode());
    assertTrue(server.log.requests.getFirst().idempotency().isPresent());
    var tooLong =
        server.send(server.posting(EMBEDDINGS, two("")).header("Idempotency-Key", "k".repeat(300)));
    assertEquals(400, tooLong.statusCode());
    assertEquals("Idempotency-Key", error(tooLong).path("param").asString(""));
  }

  @Test
  void aKeyIsNeeded() throws Exception {
    try (var locked = HttpTestServer.start(List.of(TestApiKeys.ACME))) {
      assertEquals(401, locked.post(EMBEDDINGS, two("")).statusCode());
    }
  }
}
