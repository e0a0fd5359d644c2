package io.anyserve.ingress.chat;

import static io.anyserve.ingress.chat.ChatTestServer.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@Timeout(60)
final class SessionsHandlerTest {

  private final ChatTestServer server;
  private String answer = "";

  SessionsHandlerTest() throws Exception {
    server = ChatTestServer.start();
    server.log.answers(server.log::tellStory);
  }

  @BeforeEach
  void talk() throws Exception {
    try (TestSocket socket = TestSocket.of(server)) {
      for (String conversation : List.of("c1", "c2")) {
        socket.ask(conversation, "m1", null, "Story of " + conversation);
        answer = socket.next("accepted").path("answer").asString();
        socket.toEnd();
      }
    }
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void sessionsAreListedAndSearched() throws Exception {
    JsonNode all = json(server.get("/sessions?limit=10"));
    assertEquals("list", all.path("object").asString());
    assertEquals(false, all.path("has_more").asBoolean());
    assertTrue(all.path("next_cursor").isMissingNode());
    assertEquals(List.of("c2", "c1"), ids(all));
    assertEquals("Story of c2", all.path("data").path(0).path("title").asString());
    assertEquals(1_800_000_000, all.path("data").path(0).path("created").asLong());
    assertEquals(List.of("c1"), ids(json(server.get("/sessions?search=of%20c1"))));
  }

  private static List<String> ids(JsonNode list) {
    return list.path("data").valueStream().map(one -> one.path("id").asString()).toList();
  }

  @Test
  void titleAndBranchAreChanged() throws Exception {
    JsonNode renamed = json(change("{\"title\":\"Fox\"}"));
    assertEquals("Fox", renamed.path("title").asString());
    assertEquals(answer, renamed.path("current").asString());
    assertEquals("m1", json(change("{\"current\":\"m1\"}")).path("current").asString());
    HttpResponse<String> back =
        server.send(server.sending("POST", "/chat/history/c2/rollback", "{\"message\":\"m1\"}"));
    assertEquals("m1", json(back).path("current").asString());
  }

  private HttpResponse<String> change(String body) throws Exception {
    return server.send(server.sending("PATCH", "/chat/history/c2", body));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{}", "{\"title\":1}", "{\"title\":\"a\",\"current\":\"m1\"}", "{\"x\":1}", "7"})
  void aChangeMustNameOneThing(String body) throws Exception {
    assertEquals(400, change(body).statusCode(), body);
  }

  @ParameterizedTest
  @CsvSource({
    "/sessions?limit=0, 400",
    "/sessions?limit=201, 400",
    "/sessions?limit=ten, 400",
    "/chat/history/none, 404",
    "/chat/history/a%20b, 400",
    "/chat/history/none/export, 404"
  })
  void whatIsNotThereIsSaidSo(String path, int status) throws Exception {
    HttpResponse<String> response = server.get(path);
    assertEquals(status, response.statusCode(), response::body);
    assertTrue(json(response).path("error").path("message").asString().length() > 5);
  }

  @Test
  void aConversationIsDeletedForGood() throws Exception {
    for (int i = 0; i < 2; i++) {
      assertEquals(204, server.send(server.to("/chat/history/c1").DELETE()).statusCode());
    }
    assertEquals(List.of("c2"), ids(json(server.get("/sessions"))));
  }

  @Test
  void theCurrentPathIsExported() throws Exception {
    HttpResponse<String> response = server.get("/chat/history/c1/export");
    assertEquals(
        """
        # Story of c1

        ## User

        Story of c1

        ## Assistant (story)

        w0 w1
        """,
        response.body());
    assertEquals(
        "text/markdown; charset=utf-8", response.headers().firstValue("Content-Type").orElse(""));
  }
}
