package io.anyserve.ingress.responses;

import static io.anyserve.ingress.responses.ResponsesTestServer.RESPONSES;
import static io.anyserve.ingress.responses.ResponsesTestServer.body;
import static io.anyserve.ingress.responses.ResponsesTestServer.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestKind;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.codec.TokenIdsCodec;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.ingress.response.Events;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
final class InputTokensTest {

  private final ResponsesTestServer server;

  InputTokensTest() throws Exception {
    server = new ResponsesTestServer();
    server.log.answers(this::answer);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void whatTheModelWouldGetIsCounted() throws Exception {
    String first = json(server.create("\"input\":\"one\"")).path("id").asString("");
    HttpResponse<String> response =
        count(
            "\"input\":\"two\",\"instructions\":\"Be kind.\",\"tools\":[],\"previous_response_id\":\"%s\""
                .formatted(first));
    assertEquals("{\"object\":\"response.input_tokens\",\"input_tokens\":3}", response.body());
    InferenceRequest request = server.log.requests.getLast();
    assertEquals(RequestKind.TOKENIZE, request.kind());
    var chat = assertInstanceOf(Payload.Chat.class, request.input());
    assertEquals(
        List.of(
            new ChatMessage("system", "Be kind."),
            new ChatMessage("user", "one"),
            new ChatMessage("assistant", "w0 w1 "),
            new ChatMessage("user", "two")),
        chat.messages());
    assertEquals(404, server.get("input_tokens").statusCode());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "input|\"instructions\":\"a\"",
        "input|\"input\":\"\"",
        "stream|\"input\":\"a\",\"stream\":true",
        "max_output_tokens|\"input\":\"a\",\"max_output_tokens\":1",
        "tools[0].type|\"input\":\"a\",\"tools\":[{}]",
        "previous_response_id|\"input\":\"a\",\"previous_response_id\":\"resp_1\"",
      })
  void whatIsWrongIsNamed(String param, String parameters) throws Exception {
    HttpResponse<String> response = count(parameters);
    assertEquals(400, response.statusCode(), response::body);
    assertEquals(param, json(response).path("error").path("param").asString(""));
  }

  private HttpResponse<String> count(String parameters) throws Exception {
    return server.send(
        server
            .to(RESPONSES + "/input_tokens")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body(parameters))));
  }

  private void answer(InferenceRequest request) {
    if (request.kind() == RequestKind.TOKENIZE) {
      Optional<Payload> tokens = Optional.of(TokenIdsCodec.write(TokenIds.of(5, 6, 7)));
      server.log.emit(request, Events.started());
      server.log.emit(request, new Chunk(0, TokenIds.NONE, "", tokens));
      server.log.emit(request, Events.finished());
    } else {
      server.log.tellStory(request);
    }
  }
}
