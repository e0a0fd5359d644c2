package io.anyserve.ingress.http;

import static io.anyserve.ingress.http.HttpTestServer.error;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestKind;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.TokenIdsCodec;
import io.anyserve.contracts.event.ControlCommand.Cancel;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Failed;
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
final class TokenizationTest {

  private static final String TOKENIZE = "/tokenize";
  private static final String DETOKENIZE = "/detokenize";
  private static final String TEXT = "{\"model\":\"story\",\"prompt\":\"Once\"}";

  private final HttpTestServer server;

  TokenizationTest() throws Exception {
    server = HttpTestServer.start();
    server.log.answers(this::tellTokens);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void tokensAreToldInVllmsForm() throws Exception {
    HttpResponse<String> response = server.post(TOKENIZE, TEXT);
    assertEquals(
        "{\"count\":3,\"max_model_len\":1024,\"tokens\":[5,70000,0],\"token_strs\":null}",
        response.body());
    InferenceRequest request = server.log.requests.getFirst();
    assertEquals(RequestKind.TOKENIZE, request.kind());
    assertEquals(new Payload.Text("Once"), request.input());
    assertEquals(request.id().toString(), response.headers().firstValue("x-request-id").orElse(""));
    assertEquals(200, server.post("/v1/tokenize", TEXT).statusCode());
  }

  @Test
  void conversationsAreTokenizedToo() throws Exception {
    String body =
        "{\"model\":\"story\",\"messages\":[{\"role\":\"user\",\"content\":\"Once\"}],"
            + "\"add_special_tokens\":false,\"add_generation_prompt\":true}";
    assertEquals(200, server.post(TOKENIZE, body).statusCode());
    assertTrue(server.log.requests.getFirst().input() instanceof Payload.Chat);
  }

  @Test
  void textIsToldOfTokens() throws Exception {
    server.log.answers(
        request -> {
          server.log.emit(request, Events.started());
          server.log.emit(request, Events.chunk(0, "<|im_end|>\u00e4"));
          server.log.emit(request, Events.finished());
        });
    HttpResponse<String> response =
        server.post(DETOKENIZE, "{\"model\":\"story\",\"tokens\":[5,70000,0]}");
    assertEquals("{\"prompt\":\"<|im_end|>\u00e4\"}", response.body());
    InferenceRequest request = server.log.requests.getFirst();
    assertEquals(RequestKind.DETOKENIZE, request.kind());
    assertEquals(TokenIds.of(5, 70_000, 0), TokenIdsCodec.read(request.input()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/tokenize|prompt|{\"model\":\"story\"}",
        "/tokenize|prompt|{\"model\":\"story\",\"prompt\":\"a\",\"messages\":[]}",
        "/tokenize|prompt|{\"model\":\"story\",\"prompt\":[\"a\"]}",
        "/tokenize|prompt|{\"model\":\"story\",\"prompt\":\"\"}",
        "/tokenize|model|{\"prompt\":\"a\"}",
        "/tokenize|return_token_strs|{\"model\":\"story\",\"prompt\":\"a\",\"return_token_strs\":true}",
        "/tokenize|temperature|{\"model\":\"story\",\"prompt\":\"a\",\"temperature\":1}",
        "/detokenize|tokens|{\"model\":\"story\"}",
        "/detokenize|tokens|{\"model\":\"story\",\"tokens\":[]}",
        "/detokenize|tokens|{\"model\":\"story\",\"tokens\":7}",
        "/detokenize|tokens[1]|{\"model\":\"story\",\"tokens\":[1,-1]}",
        "/detokenize|tokens[0]|{\"model\":\"story\",\"tokens\":[2147483648]}",
        "/detokenize|tokens[0]|{\"model\":\"story\",\"tokens\":[1.5]}",
        "/detokenize|prompt|{\"model\":\"story\",\"tokens\":[1],\"prompt\":\"a\"}"
      })
  void whatIsWrongIsNamed(String path, String param, String body) throws Exception {
    HttpResponse<String> response = server.post(path, body);
    assertEquals(400, response.statusCode(), response::body);
    assertEquals(param, error(response).path("param").asString());
    assertTrue(server.log.requests.isEmpty());
  }

  @Test
  void aRefusalOfTheWorkerHasItsStatus() throws Exception {
    var failure = new Failure(FailureCode.INVALID_REQUEST, "tokens: token 9 (expected: 0 to 8)");
    server.log.answers(
        request -> {
          server.log.emit(request, Events.started());
          server.log.emit(request, new Failed(failure, TokenUsage.NONE, Optional.empty()));
        });
    HttpResponse<String> response = server.post(DETOKENIZE, "{\"model\":\"story\",\"tokens\":[9]}");
    assertEquals(400, response.statusCode());
    assertEquals(failure.message(), error(response).path("message").asString());
  }

  @Test
  void aClientThatLeavesCancels() throws Exception {
    server.log.answers(request -> server.log.emit(request, Events.started()));
    try (Socket socket = server.raw(HttpTestServer.rawPost(TOKENIZE, TEXT))) {
      await().atMost(30, TimeUnit.SECONDS).until(() -> !server.log.requests.isEmpty());
      assertTrue(socket.isConnected());
    }
    await().atMost(30, TimeUnit.SECONDS).until(() -> !server.log.commands.isEmpty());
    assertEquals(
        List.of(new Cancel(server.log.requests.getFirst().id(), CancelReason.CLIENT_GONE)),
        server.log.commands);
  }

  @Test
  void aKeyIsNeeded() throws Exception {
    try (var locked = HttpTestServer.start(List.of(TestApiKeys.ACME))) {
      assertEquals(401, locked.post(TOKENIZE, TEXT).statusCode());
      assertEquals(401, locked.post(DETOKENIZE, TEXT).statusCode());
    }
  }

  /** In two parts. */
  private void tellTokens(InferenceRequest request) {
    server.log.emit(request, Events.started());
    server.log.emit(request, part(0, TokenIds.of(5, 70_000)));
    server.log.emit(request, part(1, TokenIds.of(0)));
    server.log.emit(request, Events.finished());
  }

  private static Chunk part(long sequence, TokenIds tokens) {
    return new Chunk(sequence, TokenIds.NONE, "", Optional.of(TokenIdsCodec.write(tokens)));
  }
}
