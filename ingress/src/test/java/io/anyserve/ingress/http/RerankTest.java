package io.anyserve.ingress.http;

import static io.anyserve.ingress.http.HttpTestServer.error;
import static io.anyserve.ingress.http.HttpTestServer.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.RequestKind;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.codec.EmbeddingInputsCodec;
import io.anyserve.contracts.codec.EmbeddingsCodec;
import io.anyserve.contracts.embedding.Embedding;
import io.anyserve.contracts.embedding.EmbeddingInput;
import io.anyserve.contracts.embedding.EmbeddingInput.OfText;
import io.anyserve.contracts.embedding.Embeddings;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.ingress.response.Events;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
final class RerankTest {

  private static final String RERANK = "/v1/rerank";

  /** The query points to the right. */
  private static final Map<String, Embedding> VECTORS =
      Map.of(
          "query", Embedding.of(2f, 0f),
          "left", Embedding.of(-1f, 0f),
          "up", Embedding.of(0f, 3f),
          "right", Embedding.of(0.5f, 0f),
          "also right", Embedding.of(9f, 0f),
          "nowhere", Embedding.of(0f, 0f));

  private final HttpTestServer server;

  RerankTest() throws Exception {
    server = HttpTestServer.start();
    server.log.answers(this::tellVectors);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private void tellVectors(InferenceRequest request) {
    List<Embedding> vectors =
        EmbeddingInputsCodec.read(request.input()).inputs().stream()
            .map(RerankTest::vector)
            .toList();
    server.log.start(request);
    var payload = EmbeddingsCodec.write(new Embeddings(vectors));
    server.log.emit(request, new Chunk(0, TokenIds.NONE, "", Optional.of(payload)));
    server.log.emit(request, Events.finished());
  }

  private static Embedding vector(EmbeddingInput input) {
    return Optional.ofNullable(VECTORS.get(((OfText) input).text())).orElseThrow();
  }

  private static String body(String documents, String more) {
    return "{\"model\":\"vectors\",\"query\":\"query\",\"documents\":%s%s}"
        .formatted(documents, more);
  }

  @Test
  void documentsAreToldInTheOrderOfTheirRelevance() throws Exception {
    HttpResponse<String> response =
        server.post(RERANK, body("[\"left\",\"up\",{\"text\":\"right\"}]", ",\"user\":\"ann\""));
    assertEquals(
        "{\"model\":\"vectors\",\"results\":["
            + "{\"index\":2,\"relevance_score\":1.0,\"document\":{\"text\":\"right\"}},"
            + "{\"index\":1,\"relevance_score\":0.0,\"document\":{\"text\":\"up\"}},"
            + "{\"index\":0,\"relevance_score\":-1.0,\"document\":{\"text\":\"left\"}}],"
            + "\"usage\":{\"prompt_tokens\":3,\"total_tokens\":3}}",
        response.body());
    InferenceRequest request = server.log.requests.getFirst();
    assertEquals(RequestKind.EMBED, request.kind());
    assertEquals("ann", request.context().labels().get("user"));
    assertEquals(request.id().toString(), response.headers().firstValue("x-request-id").orElse(""));
  }

  @Test
  void theFirstOnesAreToldWithoutTheirTexts() throws Exception {
    HttpResponse<String> response =
        server.post(
            "/rerank",
            body(
                "[\"nowhere\",\"also right\",\"left\",\"right\"]",
                ",\"top_n\":2,\"return_documents\":false"));
    assertEquals(
        "[{\"index\":1,\"relevance_score\":1.0},{\"index\":3,\"relevance_score\":1.0}]",
        json(response).path("results").toString());
  }

  @Test
  void aModelThatScoresPairsTellsTheRelevanceItself() throws Exception {
    server.log.answers(
        request -> {
          var inputs = EmbeddingInputsCodec.read(request.input());
          assertTrue(inputs.ranked());
          assertEquals(3, inputs.inputs().size());
          server.log.start(request);
          var scores = List.of(Embedding.of(0.25f), Embedding.of(0.75f));
          var payload = EmbeddingsCodec.write(new Embeddings(scores));
          server.log.emit(request, new Chunk(0, TokenIds.NONE, "", Optional.of(payload)));
          server.log.emit(request, Events.finished());
        });
    String body =
        "{\"model\":\"pairs\",\"query\":\"q\",\"documents\":[\"a\",\"b\"],\"return_documents\":false}";
    assertEquals(
        "[{\"index\":1,\"relevance_score\":0.75},{\"index\":0,\"relevance_score\":0.25}]",
        json(server.post(RERANK, body)).path("results").toString());
  }

  @Test
  void aModelThatScoresPairsMakesNoVectors() throws Exception {
    HttpResponse<String> response =
        server.post("/v1/embeddings", "{\"model\":\"pairs\",\"input\":\"a\"}");
    assertEquals(400, response.statusCode());
    assertEquals("model", error(response).path("param").asString(""), response.body());
    assertTrue(response.body().contains("ranks documents only"), response.body());
    assertTrue(server.log.requests.isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "query|{\"model\":\"vectors\",\"documents\":[\"a\"]}",
        "query|{\"model\":\"vectors\",\"query\":\"\",\"documents\":[\"a\"]}",
        "documents|{\"model\":\"vectors\",\"query\":\"a\"}",
        "documents|{\"model\":\"vectors\",\"query\":\"a\",\"documents\":[]}",
        "documents|{\"model\":\"vectors\",\"query\":\"a\",\"documents\":\"b\"}",
        "documents[1]|{\"model\":\"vectors\",\"query\":\"a\",\"documents\":[\"b\",\"\"]}",
        "documents[0]|{\"model\":\"vectors\",\"query\":\"a\",\"documents\":[7]}",
        "documents[0].text|{\"model\":\"vectors\",\"query\":\"a\",\"documents\":[{}]}",
        "documents[0].image|{\"model\":\"vectors\",\"query\":\"a\",\"documents\":[{\"image\":1}]}",
        "top_n|{\"model\":\"vectors\",\"query\":\"a\",\"documents\":[\"b\"],\"top_n\":0}",
        "instruction|{\"model\":\"vectors\",\"query\":\"a\",\"documents\":[\"b\"],\"instruction\":1}"
      })
  void whatIsWrongIsNamedBeforeAnythingIsPublished(String param, String body) throws Exception {
    HttpResponse<String> response = server.post(RERANK, body);
    assertEquals(400, response.statusCode());
    assertEquals(param, error(response).path("param").asString(""), response.body());
    assertTrue(server.log.requests.isEmpty());
  }
}
