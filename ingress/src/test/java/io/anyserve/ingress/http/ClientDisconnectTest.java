package io.anyserve.ingress.http;

import static io.anyserve.ingress.http.HttpTestServer.CHAT;
import static io.anyserve.ingress.http.HttpTestServer.LAST_EVENT_ID;
import static io.anyserve.ingress.http.HttpTestServer.chat;
import static io.anyserve.ingress.http.HttpTestServer.rawPost;
import static io.anyserve.ingress.http.HttpTestServer.reader;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.event.ControlCommand.Cancel;
import io.anyserve.ingress.response.Events;
import java.io.BufferedReader;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(90)
final class ClientDisconnectTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @ParameterizedTest
  @ValueSource(strings = {",\"stream\":true", ",\"stream\":false", ",\"n\":2"})
  void aClientThatLeavesBeforeTheAnswerCancelsIt(String more) throws Exception {
    try (var server = HttpTestServer.start()) {
      int choices = more.contains("\"n\"") ? 2 : 1;
      Socket socket = server.raw(rawPost(CHAT, chat(more)));
      await().atMost(PATIENCE).until(() -> server.log.requests.size() == choices);
      socket.close();
      await().atMost(PATIENCE).until(() -> server.log.commands.size() == choices);
      Cancel cancel = assertInstanceOf(Cancel.class, server.log.commands.getFirst());
      assertEquals(CancelReason.CLIENT_GONE, cancel.reason());
      assertEquals(server.log.requests.getFirst().id(), cancel.request());
      assertEquals(0, server.streams.size());
    }
  }

  @Test
  void aClientThatLeavesWhileItWaitsTakesNobodyAlong() throws Exception {
    try (var server = HttpTestServer.start();
        Socket running = server.raw(rawPost(CHAT, chat("")))) {
      await().atMost(PATIENCE).until(() -> server.log.requests.size() == 1);
      Socket waiting = server.raw(rawPost(CHAT, chat("")));
      await().atMost(PATIENCE).until(() -> server.log.requests.size() == 2);
      waiting.close();
      await().atMost(PATIENCE).until(() -> server.log.commands.size() == 1);
      Cancel cancel = assertInstanceOf(Cancel.class, server.log.commands.getFirst());
      assertEquals(server.log.requests.getLast().id(), cancel.request());
      server.log.tellStory(server.log.requests.getFirst());
      assertEquals("HTTP/1.1 200 OK", reader(running).readLine());
      assertEquals(1, server.log.commands.size());
    }
  }

  @Test
  void aClientThatLeavesAStreamMayComeBack() throws Exception {
    try (var server = HttpTestServer.start(Duration.ofMinutes(10))) {
      Socket socket = server.raw(rawPost(CHAT, chat(",\"stream\":true")));
      await().atMost(PATIENCE).until(() -> server.log.requests.size() == 1);
      InferenceRequest request = server.log.requests.getFirst();
      server.log.emit(request, Events.started());
      server.log.emit(request, Events.chunk(0));
      String id = lastId(reader(socket), 2);
      socket.close();
      server.log.emit(request, Events.chunk(1));
      server.log.emit(request, Events.finished());
      String rest = server.send(server.to("/v1/streams").header(LAST_EVENT_ID, id)).body();
      assertTrue(rest.contains("\"content\":\"w1 \""), rest);
      assertTrue(rest.endsWith("data: [DONE]\n\n"), rest);
      assertEquals(
          List.of(),
          server.log.commands.stream().filter(command -> command instanceof Cancel).toList());
    }
  }

  @Test
  void aRequestThatIsSentAheadIsAnsweredNext() throws Exception {
    try (var server = HttpTestServer.start();
        Socket socket = server.raw(rawPost(CHAT, chat("")))) {
      await().atMost(PATIENCE).until(() -> server.log.requests.size() == 1);
      socket
          .getOutputStream()
          .write("GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
      server.log.tellStory(server.log.requests.getFirst());
      BufferedReader reader = reader(socket);
      String answers =
          readUntil(reader, "{\"id\":\"chatcmpl-") + readUntil(reader, "{\"object\":\"list\"");
      assertEquals(2, answers.split("HTTP/1.1 200 OK", -1).length - 1, answers);
    }
  }

  @Test
  void aConnectionServesOneStreamAfterTheOther() throws Exception {
    try (var server = HttpTestServer.start()) {
      server.log.answers(server.log::tellStory);
      for (int i = 0; i < 20; i++) {
        String stream = server.post(CHAT, chat(",\"stream\":true")).body();
        assertTrue(stream.endsWith("data: [DONE]\n\n"), stream);
      }
      assertEquals(List.of(), server.log.commands);
    }
  }

  private static String lastId(BufferedReader reader, int events) throws Exception {
    String id = "";
    for (int seen = 0; seen < events; ) {
      String line = reader.readLine();
      if (line.startsWith("id: ")) {
        id = line.substring("id: ".length());
        seen++;
      }
    }
    return id;
  }

  /** Up to the line that begins so; it may lack its end. */
  private static String readUntil(BufferedReader reader, String start) throws Exception {
    StringBuilder read = new StringBuilder();
    while (read.indexOf(start) < 0) {
      read.append((char) reader.read());
    }
    return read.toString();
  }
}
