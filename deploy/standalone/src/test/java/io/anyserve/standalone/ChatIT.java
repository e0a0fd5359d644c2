package io.anyserve.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sessions, history and the WebSocket on real brokers, with a router and simulated workers. */
@Timeout(300)
final class ChatIT {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String RESUME_KEY = "a resume key of the test";
  private static final int TOKENS = 40;

  private static RunningServices services;
  private static SingleService slowWorker;
  private static HttpClient client;

  @BeforeAll
  static void start(@TempDir Path data) throws Exception {
    client = HttpClient.newHttpClient();
    services =
        RunningServices.start(
            new StandaloneLayout(data, UnusedPorts.row(8), true, Path.of("unused")),
            Map.of("ANYSERVE_INGRESS_RESUME_KEY", RESUME_KEY));
    slowWorker =
        services.join(
            SingleService.Service.WORKER,
            """
            [worker]
            id = "slow"
            http-port = 0
            routers = "127.0.0.1:%d"
            [[worker.capability]]
            name = "slow"
            engine = "simulated"
            model = "words"
            token-rate = "20"
            """
                .formatted(services.place().routerPort()));
  }

  @AfterAll
  static void stop() {
    slowWorker.close();
    services.close();
    client.close();
  }

  @Test
  void aConversationGrowsBranchesAndIsFound() throws Exception {
    int port = services.place().apiPort();
    try (Chat chat = new Chat(port)) {
      chat.ask("talk", "m1", null, "story", "Tell me of owls");
      JsonNode first = chat.next("accepted");
      List<JsonNode> told = chat.toEnd();
      assertEquals("finished", type(told.getLast()));
      assertEquals(text(told), answer(port, "talk", first).path("content").asString());
      assertEquals(
          TOKENS, answer(port, "talk", first).path("usage").path("completion_tokens").asInt());
      chat.ask("talk", "m2", first.path("answer").asString(), "story", "And of foxes");
      JsonNode second = chat.next("accepted");
      String later = text(chat.toEnd());
      chat.send(
          "{\"type\":\"regenerate\",\"conversation\":\"talk\",\"message\":\"m2\",\"model\":\"story\","
              + "\"parameters\":{\"seed\":99,\"max_tokens\":10,\"ignore_eos\":true}}");
      JsonNode sibling = chat.next("accepted");
      assertEquals("m2", sibling.path("message").asString());
      assertFalse(text(chat.toEnd()).equals(later));
      chat.ask("talk", "m1b", null, "story", "Tell me of bears");
      JsonNode edited = chat.next("accepted");
      chat.toEnd();
      JsonNode history = history(port, "talk");
      assertEquals(7, history.path("messages").size());
      assertEquals(edited.path("answer"), history.path("current"));
      assertEquals("Tell me of owls", history.path("title").asString());
      JsonNode branch = patch(port, "talk", "{\"current\":\"m1\"}");
      assertEquals(sibling.path("answer"), branch.path("current"));
      JsonNode back =
          call(port, "POST", "/chat/history/talk/rollback", "{\"message\":\"m2\"}", 200);
      assertEquals("m2", back.path("current").asString());
      patch(port, "talk", "{\"current\":\"" + second.path("answer").asString() + "\"}");
      HttpResponse<String> export =
          client.send(to(port, "/chat/history/talk/export").build(), BodyHandlers.ofString());
      assertTrue(export.body().contains("And of foxes"), export::body);
      assertFalse(export.body().contains("bears"), export::body);
    }
  }

  @Test
  void sessionsAreSearchedRenamedAndDeleted() throws Exception {
    int port = services.place().apiPort();
    try (Chat chat = new Chat(port)) {
      for (String animal : List.of("hedgehogs", "badgers")) {
        chat.ask("about-" + animal, "m1", null, "story", "A tale of " + animal);
        chat.next("accepted");
        chat.toEnd();
      }
    }
    assertEquals("about-badgers", found(port, "badgers").path(0).path("id").asString());
    assertEquals(1, found(port, "hedgehogs").size());
    assertEquals(
        "Spines",
        patch(port, "about-hedgehogs", "{\"title\":\"Spines\"}").path("title").asString());
    assertEquals("about-hedgehogs", found(port, "Spines").path(0).path("id").asString());
    call(port, "DELETE", "/chat/history/about-hedgehogs", "", 204);
    assertEquals(0, found(port, "Spines").size());
    call(port, "GET", "/chat/history/about-hedgehogs", "", 404);
  }

  @Test
  void aStoppedAnswerKeepsItsTextAndADeletedOneIsStopped() throws Exception {
    int port = services.place().apiPort();
    try (Chat chat = new Chat(port)) {
      chat.ask("stopped", "m1", null, "slow", "Once");
      JsonNode accepted = chat.next("accepted");
      String first = chat.next("delta").path("text").asString();
      chat.send("{\"type\":\"stop\",\"answer\":\"%s\"}".formatted(id(accepted)));
      List<JsonNode> rest = chat.toEnd();
      assertEquals("cancelled", rest.getLast().path("finish_reason").asString());
      JsonNode message = answer(port, "stopped", accepted);
      assertEquals("complete", message.path("state").asString());
      assertEquals(first + text(rest), message.path("content").asString());
      chat.ask("deleted", "m1", null, "slow", "Once");
      chat.next("accepted");
      chat.next("delta");
      call(port, "DELETE", "/chat/history/deleted", "", 204);
      assertEquals("cancelled", chat.toEnd().getLast().path("finish_reason").asString());
      call(port, "GET", "/chat/history/deleted", "", 404);
    }
  }

  /** The first ingress takes its socket, its recorder and everything that it knew with it. */
  @Test
  void anAnswerOutlivesItsIngress() throws Exception {
    int home = services.place().apiPort();
    int port = UnusedPorts.row(2);
    JsonNode accepted;
    String before;
    String position;
    try (SingleService first = ingress(port)) {
      Chat chat = new Chat(port + 1);
      chat.ask("outlives", "m1", null, "slow", "Once upon a time");
      accepted = chat.next("accepted");
      chat.next("delta");
      JsonNode second = chat.next("delta");
      before = text(chat.received());
      position = second.path("position").asString();
      assertTrue(first.notReadyReasons().isEmpty());
      chat.close();
    }
    assertEquals("running", answer(home, "outlives", accepted).path("state").asString());
    try (Chat chat = new Chat(home);
        Chat whole = new Chat(home)) {
      chat.resume("outlives", id(accepted), "\"" + position + "\"");
      whole.resume("outlives", id(accepted), "null");
      chat.next("accepted");
      whole.next("accepted");
      String all = text(whole.toEnd());
      assertEquals(all, before + text(chat.toEnd()));
      JsonNode message = answer(home, "outlives", accepted);
      assertEquals("complete", message.path("state").asString());
      assertEquals(all, message.path("content").asString());
      assertEquals(TOKENS, message.path("usage").path("completion_tokens").asInt());
    }
  }

  /** Nobody resumes it: who reads the history completes it. */
  @Test
  void anAnswerThatNobodyFollowedIsCompletedByWhoReadsTheHistory() throws Exception {
    int home = services.place().apiPort();
    int port = UnusedPorts.row(2);
    JsonNode accepted;
    try (SingleService _ = ingress(port);
        Chat chat = new Chat(port + 1)) {
      chat.ask("unread", "m1", null, "slow", "Once upon a time");
      accepted = chat.next("accepted");
      chat.next("delta");
    }
    JsonNode asked = accepted;
    Awaitility.await()
        .atMost(RunningServices.PATIENCE)
        .untilAsserted(
            () -> assertEquals("complete", answer(home, "unread", asked).path("state").asString()));
    try (Chat chat = new Chat(home)) {
      chat.resume("unread", id(accepted), "null");
      chat.next("accepted");
      assertEquals(text(chat.toEnd()), answer(home, "unread", accepted).path("content").asString());
    }
    assertEquals(2, history(home, "unread").path("messages").size());
  }

  private static SingleService ingress(int port) throws Exception {
    return services.join(
        SingleService.Service.INGRESS,
        """
        [ingress]
        instance = "other"
        port = %d
        api-http-port = %d
        http-port = 0
        drain = "0s"
        resume-key = "%s"
        router = "127.0.0.1:%d"
        """
            .formatted(port, port + 1, RESUME_KEY, services.place().routerPort()));
  }

  private static String type(JsonNode event) {
    return event.path("type").asString();
  }

  private static String id(JsonNode accepted) {
    return accepted.path("answer").asString();
  }

  private static String text(List<JsonNode> events) {
    StringBuilder text = new StringBuilder();
    events.forEach(event -> text.append(event.path("text").asString("")));
    return text.toString();
  }

  private static JsonNode history(int port, String conversation) throws Exception {
    return call(port, "GET", "/chat/history/" + conversation, "", 200);
  }

  private static JsonNode answer(int port, String conversation, JsonNode accepted)
      throws Exception {
    JsonNode history = history(port, conversation);
    return history
        .path("messages")
        .valueStream()
        .filter(message -> message.path("id").equals(accepted.path("answer")))
        .findFirst()
        .orElseThrow(() -> new AssertionError(accepted + " in " + history));
  }

  private static JsonNode found(int port, String search) throws Exception {
    return call(port, "GET", "/sessions?search=" + URLEncoder.encode(search, UTF_8), "", 200)
        .path("data");
  }

  private static JsonNode patch(int port, String conversation, String body) throws Exception {
    return call(port, "PATCH", "/chat/history/" + conversation, body, 200);
  }

  private static HttpRequest.Builder to(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  private static JsonNode call(int port, String method, String path, String body, int status)
      throws Exception {
    HttpResponse<String> response =
        client.send(
            to(port, path)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
    assertEquals(status, response.statusCode(), response::body);
    return response.body().isEmpty() ? JSON.nullNode() : JSON.readTree(response.body());
  }

  /** One socket. One thread uses it. */
  private static final class Chat implements WebSocket.Listener, AutoCloseable {

    private final BlockingQueue<JsonNode> events = new LinkedBlockingQueue<>();
    private final List<JsonNode> received = new ArrayList<>();
    private final StringBuilder message = new StringBuilder();
    private final WebSocket socket;

    Chat(int port) {
      socket =
          client
              .newWebSocketBuilder()
              .subprotocols("anyserve.chat.v1")
              .buildAsync(URI.create("ws://127.0.0.1:" + port + "/chat/ws"), this)
              .join();
    }

    void send(String frame) {
      socket.sendText(frame, true).join();
    }

    void ask(
        String conversation,
        String message,
        @Nullable String parent,
        String model,
        String content) {
      send(
          "{\"type\":\"send\",\"conversation\":\"%s\",\"message\":\"%s\",\"parent\":%s,\"model\":\"%s\",\"content\":\"%s\",\"parameters\":{\"max_tokens\":%d,\"ignore_eos\":true,\"seed\":7}}"
              .formatted(
                  conversation,
                  message,
                  parent == null ? "null" : "\"" + parent + "\"",
                  model,
                  content,
                  TOKENS));
    }

    void resume(String conversation, String answer, String position) {
      send(
          "{\"type\":\"resume\",\"conversation\":\"%s\",\"answer\":\"%s\",\"position\":%s}"
              .formatted(conversation, answer, position));
    }

    /** All events that were taken. */
    List<JsonNode> received() {
      return received;
    }

    private JsonNode take() throws InterruptedException {
      JsonNode event = events.poll(60, TimeUnit.SECONDS);
      if (event == null) {
        throw new AssertionError("no event after " + received);
      }
      received.add(event);
      return event;
    }

    JsonNode next(String expected) throws InterruptedException {
      JsonNode event = take();
      assertEquals(expected, type(event), event::toString);
      return event;
    }

    /** The events of an answer up to its end. */
    List<JsonNode> toEnd() throws InterruptedException {
      List<JsonNode> all = new ArrayList<>();
      do {
        all.add(take());
      } while (type(all.getLast()).equals("delta"));
      return all;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      message.append(data);
      if (last) {
        events.add(JSON.readTree(message.toString()));
        message.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public void close() {
      socket.abort();
    }
  }
}
