package io.anyserve.ingress.responses;

import static io.anyserve.ingress.responses.ResponseAssertions.ONCE;
import static io.anyserve.ingress.responses.ResponseAssertions.assertError;
import static io.anyserve.ingress.responses.ResponseAssertions.assertNotFound;
import static io.anyserve.ingress.responses.ResponseAssertions.id;
import static io.anyserve.ingress.responses.ResponseAssertions.messages;
import static io.anyserve.ingress.responses.ResponseAssertions.previous;
import static io.anyserve.ingress.responses.ResponseAssertions.texts;
import static io.anyserve.ingress.responses.ResponsesTestServer.OTHER;
import static io.anyserve.ingress.responses.ResponsesTestServer.RESPONSES;
import static io.anyserve.ingress.responses.ResponsesTestServer.body;
import static io.anyserve.ingress.responses.ResponsesTestServer.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Responses that are read again, deleted and gone on from. */
@Timeout(60)
final class StoredResponsesTest {

  private static final String BACKGROUND = ONCE + ",\"background\":true";

  private final ResponsesTestServer server;

  StoredResponsesTest() throws Exception {
    server = new ResponsesTestServer();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void nothingIsKeptWithoutStore() throws Exception {
    server.log.answers(server.log::tellStory);
    HttpResponse<String> created = server.create(ONCE + ",\"store\":false");
    assertEquals("completed", json(created).path("status").asString());
    assertEquals(Map.of(), server.router.conversations);
    assertNotFound(server.get(id(created)));
    assertError(400, "background", server.create(BACKGROUND + ",\"store\":false"), "invalid_value");
  }

  @Test
  void anotherTenantsResponseIsNotThere() throws Exception {
    server.log.answers(server.log::tellStory);
    String id = id(server.create(ONCE));
    String path = RESPONSES + "/" + id;
    assertNotFound(server.send(server.to(path, OTHER)));
    assertNotFound(server.send(server.to(path + "?stream=true", OTHER)));
    assertNotFound(server.send(server.to(path + "/input_items", OTHER)));
    assertNotFound(server.send(server.to(path + "/cancel", OTHER).POST(BodyPublishers.noBody())));
    assertNotFound(server.send(server.to(path, OTHER).DELETE()));
    HttpResponse<String> next =
        server.send(
            server
                .to(RESPONSES, OTHER)
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofString(
                        body(ONCE + ",\"previous_response_id\":\"" + id + "\""))));
    assertError(400, "previous_response_id", next, "previous_response_not_found");
    for (String unknown : List.of("resp_1", "nothing", "resp_" + new UUID(7, 8))) {
      assertNotFound(server.get(unknown));
    }
    assertEquals(200, server.get(id).statusCode());
  }

  @Test
  void aDeletedResponseIsGone() throws Exception {
    server.log.answers(server.log::tellStory);
    String id = id(server.create(ONCE));
    assertEquals(
        "{\"id\":\"" + id + "\",\"object\":\"response\",\"deleted\":true}",
        server.delete(id).body());
    assertNotFound(server.get(id));
    assertNotFound(server.get(id + "?stream=true"));
    assertNotFound(server.get(id + "/input_items"));
    assertNotFound(server.post(id + "/cancel"));
    assertNotFound(server.delete(id));
    assertError(
        400,
        "previous_response_id",
        server.create(ONCE + ",\"previous_response_id\":\"" + id + "\""),
        "previous_response_not_found");
  }

  @Test
  void threeTurnsGoOnFromEachOther() throws Exception {
    server.log.answers(server.log::tellStory);
    String first = id(server.create("\"input\":\"one\",\"instructions\":\"Be kind.\""));
    String second =
        id(
            server.create(
                "\"input\":[{\"role\":\"developer\",\"content\":\"D\"},{\"role\":\"user\",\"content\":[{\"type\":\"input_text\",\"text\":\"two\"},{\"type\":\"input_text\",\"text\":\"parts\"}]}],"
                    + previous(first)));
    HttpResponse<String> third = server.create("\"input\":\"three\"," + previous(second));
    assertEquals(second, json(third).path("previous_response_id").asString());
    assertEquals(
        List.of(
            "user: one",
            "assistant: w0 w1 ",
            "system: D",
            "user: two\nparts",
            "assistant: w0 w1 ",
            "user: three"),
        messages(server.log.requests.get(2)));
  }

  @Test
  void aResponseWithoutAnAnswerHasNoNext() throws Exception {
    String id = id(server.create(BACKGROUND));
    HttpResponse<String> next = server.create(ONCE + "," + previous(id));
    assertError(400, "previous_response_id", next, "invalid_value");
    assertTrue(next.body().contains("queued"), next::body);
  }

  @Test
  void oldMessagesAreLeftOutWhereTheClientAllowsIt() throws Exception {
    server.log.answers(server.log::tellStory);
    String first = id(server.create("\"input\":\"" + "x".repeat(20) + "\""));
    String next = previous(first) + ",\"max_output_tokens\":10,\"input\":\"two\"";
    assertEquals(200, server.create(next + ",\"truncation\":\"auto\"").statusCode());
    assertEquals(List.of("user: two"), messages(server.log.requests.get(1)));
    assertEquals(200, server.create(next + ",\"truncation\":\"disabled\"").statusCode());
    assertEquals(3, messages(server.log.requests.get(2)).size());
    HttpResponse<String> tooLong =
        server.create(
            "\"max_output_tokens\":10,\"truncation\":\"auto\",\"input\":\""
                + "x".repeat(50)
                + "\"");
    assertEquals(400, tooLong.statusCode(), tooLong::body);
    assertEquals("context_length_exceeded", json(tooLong).path("error").path("code").asString());
  }

  @Test
  void theInputIsListedPageByPage() throws Exception {
    server.log.answers(server.log::tellStory);
    String id =
        id(
            server.create(
                "\"input\":[{\"role\":\"system\",\"content\":\"a\"},{\"role\":\"user\",\"content\":\"b\"},{\"type\":\"message\",\"id\":\"msg_1\",\"status\":\"completed\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"c\",\"annotations\":[]}]}]"));
    JsonNode page = json(server.get(id + "/input_items?limit=2"));
    assertEquals(List.of("c", "b"), texts(page));
    assertTrue(page.path("has_more").asBoolean());
    assertEquals(page.path("data").path(0).path("id"), page.path("first_id"));
    assertEquals("output_text", page.at("/data/0/content/0/type").asString());
    JsonNode last =
        json(server.get(id + "/input_items?limit=2&after=" + page.path("last_id").asString()));
    assertEquals(List.of("a"), texts(last));
    assertEquals("input_text", last.at("/data/0/content/0/type").asString());
    assertEquals(false, last.path("has_more").asBoolean());
    assertEquals(List.of("a", "b", "c"), texts(json(server.get(id + "/input_items?order=asc"))));
    for (String wrong :
        List.of("limit=0", "limit=101", "limit=x", "order=up", "after=msg_9", "include=x")) {
      assertEquals(400, server.get(id + "/input_items?" + wrong).statusCode(), wrong);
    }
  }
}
