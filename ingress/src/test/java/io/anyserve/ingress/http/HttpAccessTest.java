package io.anyserve.ingress.http;

import static io.anyserve.ingress.http.HttpTestServer.CHAT;
import static io.anyserve.ingress.http.HttpTestServer.chat;
import static io.anyserve.ingress.http.HttpTestServer.error;
import static io.anyserve.ingress.http.HttpTestServer.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class HttpAccessTest {

  private final HttpTestServer server;

  HttpAccessTest() throws Exception {
    server = HttpTestServer.start(List.of(TestApiKeys.ACME));
    server.log.answers(server.log::tellStory);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void nothingIsOpenWithoutAKey() throws Exception {
    for (String path : List.of("/v1", "/v1/models", "/models/x", "/v1/streams", "/nothing")) {
      HttpResponse<String> response = server.send(server.to(path));
      assertEquals(401, response.statusCode(), path);
      assertEquals("invalid_api_key", error(response).path("code").asString());
      assertEquals("Bearer", response.headers().firstValue("WWW-Authenticate").orElse(""));
      assertSecured(response);
    }
    assertEquals(401, server.post(CHAT, chat("")).statusCode());
    HttpResponse<String> wrong =
        server.send(server.posting(CHAT, chat("")).header("Authorization", "Bearer sk-other"));
    assertEquals(401, wrong.statusCode());
    assertEquals(List.of(), server.log.requests);
  }

  @Test
  void theKeyDecidesTheTenant() throws Exception {
    assertEquals(
        200,
        server
            .send(
                server
                    .posting(CHAT, chat(""))
                    .header("Authorization", "Bearer " + TestApiKeys.ACME_SECRET))
            .statusCode());
    assertEquals("acme", server.log.requests.getFirst().context().tenant().value());
    assertEquals("k1", server.log.requests.getFirst().context().apiKey());
  }

  @Test
  void modelsAreListedAndFound() throws Exception {
    assertEquals(
        "{\"object\":\"list\",\"data\":["
            + "{\"id\":\"echo\",\"object\":\"model\",\"created\":0,\"owned_by\":\"anyserve\"},"
            + "{\"id\":\"pairs\",\"object\":\"model\",\"created\":0,\"owned_by\":\"anyserve\","
            + "\"max_model_len\":512,\"embedding_dimensions\":1},"
            + "{\"id\":\"story\",\"object\":\"model\",\"created\":0,\"owned_by\":\"anyserve\","
            + "\"max_model_len\":1024},"
            + "{\"id\":\"vectors\",\"object\":\"model\",\"created\":0,\"owned_by\":\"anyserve\","
            + "\"max_model_len\":512,\"embedding_dimensions\":2}]}",
        get("/v1/models").body());
    assertEquals("story", json(get("/models/story")).path("id").asString());
    for (String path : List.of("/v1/models/org/name", "/v1/models/org%2Fname", "/models/a/b/c")) {
      HttpResponse<String> response = get(path);
      assertEquals(404, response.statusCode(), path);
      assertEquals("model_not_found", error(response).path("code").asString(), path);
      assertEquals("model", error(response).path("param").asString(), path);
    }
  }

  @Test
  void unknownPathsAndMethodsAreToldInTheSameForm() throws Exception {
    HttpResponse<String> path = get("/v1/nothing");
    assertEquals(404, path.statusCode());
    assertEquals("not_found", error(path).path("code").asString());
    HttpResponse<String> method = get(CHAT);
    assertEquals(405, method.statusCode());
    assertEquals("method_not_allowed", error(method).path("code").asString());
    for (HttpResponse<String> response : List.of(path, method)) {
      assertFalse(error(response).path("message").asString().isEmpty());
      assertTrue(error(response).has("param"));
      assertSecured(response);
    }
  }

  private HttpResponse<String> get(String path) throws Exception {
    return server.send(
        server.to(path).header("Authorization", "Bearer " + TestApiKeys.ACME_SECRET));
  }

  private static void assertSecured(HttpResponse<?> response) {
    assertEquals("nosniff", response.headers().firstValue("X-Content-Type-Options").orElse(""));
    assertTrue(
        response
            .headers()
            .firstValue("Content-Security-Policy")
            .orElse("")
            .startsWith("default-src 'none'"));
    assertEquals(Optional.empty(), response.headers().firstValue("Server"));
    assertTrue(response.headers().firstValue("x-request-id").isPresent());
  }
}
