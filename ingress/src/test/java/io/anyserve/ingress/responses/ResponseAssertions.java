package io.anyserve.ingress.responses;

import static io.anyserve.ingress.responses.ResponsesTestServer.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** Bodies of calls about responses, and what is read of their answers. */
final class ResponseAssertions {

  static final String ONCE = "\"input\":\"Once\"";

  private ResponseAssertions() {}

  static String previous(String id) {
    return "\"previous_response_id\":\"" + id + "\"";
  }

  static String id(HttpResponse<String> response) {
    return json(response).path("id").asString();
  }

  static String text(JsonNode response) {
    return response.at("/output/0/content/0/text").asString();
  }

  static List<String> texts(JsonNode page) {
    return StreamSupport.stream(page.path("data").spliterator(), false)
        .map(item -> item.at("/content/0/text").asString())
        .toList();
  }

  /** Of the first event in there. */
  static JsonNode data(String events) {
    return json(
        events
            .lines()
            .filter(line -> line.startsWith("data: "))
            .findFirst()
            .orElseThrow()
            .substring("data: ".length()));
  }

  static List<String> messages(InferenceRequest request) {
    var chat = assertInstanceOf(Payload.Chat.class, request.input());
    return chat.messages().stream()
        .map(message -> message.role() + ": " + message.content())
        .toList();
  }

  static void assertNotFound(HttpResponse<String> response) {
    assertError(404, "response_id", response, "response_not_found");
  }

  static void assertError(int status, String param, HttpResponse<String> response, String code) {
    assertEquals(status, response.statusCode(), response::body);
    assertEquals(param, json(response).path("error").path("param").asString(), response::body);
    assertEquals(code, json(response).path("error").path("code").asString(), response::body);
  }
}
