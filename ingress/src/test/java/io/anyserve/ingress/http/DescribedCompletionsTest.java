package io.anyserve.ingress.http;

import static io.anyserve.ingress.http.HttpTestServer.CHAT;
import static io.anyserve.ingress.http.HttpTestServer.COMPLETIONS;
import static io.anyserve.ingress.http.HttpTestServer.chat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.anyserve.contracts.FailureCode;
import io.anyserve.ingress.description.ApiContract;
import io.anyserve.ingress.response.Events;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server answers, held against the description that it gives of itself. */
@Timeout(60)
final class DescribedCompletionsTest {

  private static final String POST_CHAT = "POST /v1/chat/completions";
  private static final String POST_TEXT = "POST /v1/completions";

  private final ApiContract contract = ApiContract.ofAllRoutes();
  private final HttpTestServer server;

  DescribedCompletionsTest() throws Exception {
    server = HttpTestServer.start();
    server.log.answers(server.log::tellStory);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",\"n\":2",
        ",\"stream\":true",
        ",\"stream\":true,\"n\":2",
        ",\"stream\":true,\"stream_options\":{\"include_usage\":true}"
      })
  void answersAreAsDescribed(String more) throws Exception {
    contract.check(POST_CHAT, server.post(CHAT, chat(more)));
    contract.check(
        POST_TEXT, server.post(COMPLETIONS, "{\"model\":\"story\",\"prompt\":\"a\"" + more + "}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",\"stream\":true"})
  void likelihoodsAreAsDescribed(String more) throws Exception {
    server.log.answers(
        request -> {
          server.log.emit(request, Events.started());
          server.log.emit(request, Events.likely(0, "a", 0));
          server.log.emit(request, Events.finished());
        });
    contract.check(
        POST_CHAT, server.post(CHAT, chat(",\"logprobs\":true,\"top_logprobs\":2" + more)));
    String text = "{\"model\":\"story\",\"prompt\":\"a\",\"logprobs\":2" + more + "}";
    contract.check(POST_TEXT, server.post(COMPLETIONS, text));
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v1/models, /v1/models, 200",
    "GET, /models, /models, 200",
    "GET, /v1/models/{id}, /v1/models/story, 200",
    "GET, /v1/models/{id}, /v1/models/none/such, 404",
    "GET, /system, /system, 200",
    "GET, /metrics, /metrics, 200",
    "GET, /health, /health, 200",
    "GET, /readiness, /readiness, 200",
    "GET, /, /, 200",
    "GET, /docs, /docs, 200",
    "GET, /assets/{file}, /assets/page.css, 200",
    "GET, /assets/{file}, /assets/inter.woff2, 200",
    "GET, /assets/{file}, /assets/none.css, 404",
    "GET, /openapi.json, /openapi.json, 200",
    "GET, /v1/streams, /v1/streams, 400"
  })
  void whatIsReadIsAsDescribed(String method, String template, String path, int status)
      throws Exception {
    HttpResponse<String> response = server.send(server.to(path).method(method, none()));
    assertEquals(status, response.statusCode(), path);
    contract.check(method + " " + template, response);
  }

  @Test
  void aStreamThatGoesOnIsAsDescribed() throws Exception {
    String stream = server.post(CHAT, chat(",\"stream\":true")).body();
    String id = stream.lines().filter(line -> line.startsWith("id: ")).findFirst().orElseThrow();
    HttpResponse<String> rest =
        server.send(server.to("/v1/streams").header("Last-Event-ID", id.substring(4)));
    assertEquals(200, rest.statusCode(), rest::body);
    contract.check("GET /v1/streams", rest);
  }

  @Test
  void refusalsAreAsDescribed() throws Exception {
    for (String body : List.of("", "7", "{\"model\":\"story\"}", chat(",\"n\":0"))) {
      contract.check(POST_CHAT, server.post(CHAT, body));
    }
    contract.check(
        POST_CHAT, server.send(server.to(CHAT).header("Content-Type", "text/plain").POST(none())));
    try (var keyed = HttpTestServer.start(List.of(TestApiKeys.ACME))) {
      HttpResponse<String> refused = keyed.post(CHAT, chat(""));
      assertEquals(401, refused.statusCode());
      contract.check(POST_CHAT, refused);
    }
  }

  @Test
  void failuresAreAsDescribed() throws Exception {
    for (FailureCode code : FailureCode.values()) {
      server.log.answers(
          request -> {
            server.log.emit(request, Events.started());
            server.log.emit(request, Events.failed(code));
          });
      HttpResponse<String> failed = server.post(CHAT, chat(""));
      assertEquals(code.http(), failed.statusCode(), code.name());
      if (code != FailureCode.RESUME_EXPIRED) { // no new request is one that is resumed
        contract.check(POST_CHAT, failed);
      }
    }
  }

  @Test
  void aMethodThatAPathHasNotIsToldTheOthers() throws Exception {
    HttpResponse<String> refused = server.send(server.to(CHAT).DELETE());
    assertEquals(405, refused.statusCode());
    assertEquals("POST", refused.headers().firstValue("Allow").orElse(""));
    HttpResponse<String> models = server.send(server.to("/health").DELETE());
    assertEquals("GET, HEAD", models.headers().firstValue("Allow").orElse(""));
  }

  private static BodyPublisher none() {
    return BodyPublishers.noBody();
  }
}
