package io.anyserve.ingress.http;

import static io.anyserve.ingress.http.HttpTestServer.CHAT;
import static io.anyserve.ingress.http.HttpTestServer.COMPLETIONS;
import static io.anyserve.ingress.http.HttpTestServer.LAST_EVENT_ID;
import static io.anyserve.ingress.http.HttpTestServer.chat;
import static io.anyserve.ingress.http.HttpTestServer.error;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.ingress.response.Events;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class StreamResumeTest {

  private static final String STREAMS = "/v1/streams";

  private final HttpTestServer server;

  StreamResumeTest() throws Exception {
    server = HttpTestServer.start();
    server.log.answers(server.log::tellStory);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void goesOnBehindEveryEvent() throws Exception {
    String whole =
        server
            .post(CHAT, chat(",\"stream\":true,\"stream_options\":{\"include_usage\":true}"))
            .body();
    List<String> events = Arrays.asList(whole.split("(?<=\n\n)"));
    assertEquals(6, events.size(), whole);
    for (int i = 0; i < 3; i++) {
      String rest = String.join("", events.subList(i + 1, events.size()));
      HttpResponse<String> response = resume(id(events.get(i)));
      assertEquals(200, response.statusCode(), response::body);
      assertEquals(rest, response.body(), "behind event " + i);
    }
    assertEquals(String.join("", events.subList(3, 6)), resume(id(events.get(3))).body());
  }

  @Test
  void likelihoodsAreTheSameBehindEveryEvent() throws Exception {
    server.log.answers(
        request -> {
          server.log.emit(request, Events.started());
          for (int i = 0; i < 3; i++) {
            server.log.emit(request, Events.likely(i, "w" + i, 2 * i));
          }
          server.log.emit(request, Events.finished());
        });
    String whole =
        server
            .post(
                COMPLETIONS,
                "{\"model\":\"story\",\"prompt\":\"a\",\"logprobs\":2,\"stream\":true}")
            .body();
    List<String> events = Arrays.asList(whole.split("(?<=\n\n)"));
    assertEquals(5, events.size(), whole);
    assertTrue(events.get(2).contains("\"text_offset\":[4]"), whole);
    for (int i = 0; i < 3; i++) {
      String rest = String.join("", events.subList(i + 1, events.size()));
      assertEquals(rest, resume(id(events.get(i))).body(), "behind event " + i);
    }
  }

  @Test
  void anIdThatIsNoneIsRefused() throws Exception {
    String id = id(server.post(CHAT, chat(",\"stream\":true")).body());
    for (String wrong : List.of("7", "x.c.1.u.fp_0123456789", id + "/", id.replace(".c.", ".z."))) {
      HttpResponse<String> response = resume(wrong);
      assertEquals(400, response.statusCode(), wrong);
      assertEquals(LAST_EVENT_ID, error(response).path("param").asString());
    }
    assertEquals(400, server.send(server.to(STREAMS)).statusCode());
    HttpResponse<String> forged = resume("A" + id);
    assertEquals(403, forged.statusCode());
    assertEquals("permission_denied", error(forged).path("code").asString());
  }

  @Test
  void theStreamOfAnotherTenantIsNotResumed() throws Exception {
    String id = id(server.post(CHAT, chat(",\"stream\":true")).body());
    try (var other = HttpTestServer.start(List.of(TestApiKeys.ACME))) {
      HttpResponse<String> response =
          other.send(
              other
                  .to(STREAMS)
                  .header(LAST_EVENT_ID, id)
                  .header("Authorization", "Bearer " + TestApiKeys.ACME_SECRET));
      assertEquals(403, response.statusCode());
      assertEquals("permission_denied", error(response).path("code").asString());
    }
  }

  @Test
  void aPostDoesNotResume() throws Exception {
    HttpResponse<String> response =
        server.send(server.posting(CHAT, chat("")).header(LAST_EVENT_ID, "x"));
    assertEquals(400, response.statusCode());
    assertEquals(LAST_EVENT_ID, error(response).path("param").asString());
    assertTrue(server.log.requests.isEmpty());
  }

  private HttpResponse<String> resume(String id) throws Exception {
    return server.send(server.to(STREAMS).header(LAST_EVENT_ID, id));
  }

  /** Of the first event in there. */
  private static String id(String events) {
    return events.lines().findFirst().orElseThrow().substring("id: ".length());
  }
}
