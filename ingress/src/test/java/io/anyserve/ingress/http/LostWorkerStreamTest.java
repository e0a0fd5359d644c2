package io.anyserve.ingress.http;

import static io.anyserve.ingress.http.HttpTestServer.COMPLETIONS;
import static io.anyserve.ingress.http.HttpTestServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.ingress.response.Events;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The stream of a client whose worker is lost: another worker continues it, or an error ends it.
 */
@Timeout(60)
final class LostWorkerStreamTest {

  private static final int WHOLE = 60;
  private static final int CUT = 40;
  private static final String BODY = "{\"model\":\"story\",\"prompt\":\"Once\",\"stream\":true}";
  private static final String PING = ": ping";

  /** As many as the silence of half a minute has. */
  private static final int PINGS = 3;

  @Test
  void anotherWorkerContinuesItByteForByte() throws Exception {
    try (var server = HttpTestServer.start()) {
      server.log.answers(
          request -> {
            begin(server, request, 1, WHOLE);
            server.log.emit(request, Events.finished());
          });
      List<String> undisturbed = server.post(COMPLETIONS, BODY).body().lines().toList();
      server.log.answers(request -> begin(server, request, 1, CUT));
      BufferedReader reader = open(server);
      List<String> lines = read(reader, CUT);
      takeOver(server);
      reader.lines().forEach(lines::add);
      assertEquals(data(undisturbed), data(lines));
      assertTrue(lines.contains("data: [DONE]"), lines::toString);
    }
  }

  @Test
  void pingsFillTheSilenceUntilItGoesOn() throws Exception {
    try (var server = HttpTestServer.startPinging(Duration.ofMillis(20))) {
      server.log.answers(request -> begin(server, request, 1, CUT));
      BufferedReader reader = open(server);
      List<String> lines = read(reader, CUT);
      readPings(reader);
      takeOver(server);
      reader.lines().filter(line -> !line.equals(PING)).forEach(lines::add);
      assertEquals(WHOLE, pieces(lines));
      assertTrue(lines.contains("data: [DONE]"), lines::toString);
    }
  }

  /** A client that gets the head of the response does not take the silence for the end. */
  @Test
  void pingsFillTheSilenceBeforeTheFirstPiece() throws Exception {
    try (var server = HttpTestServer.startPinging(Duration.ofMillis(20))) {
      BufferedReader reader = open(server);
      readPings(reader);
      server.log.tellStory(server.log.requests.getFirst());
      List<String> lines = reader.lines().toList();
      assertEquals(2, pieces(lines));
      assertTrue(lines.contains("data: [DONE]"), lines::toString);
    }
  }

  @Test
  void aSilenceThatNobodyEndsBecomesAnError() throws Exception {
    try (var server = HttpTestServer.startPinging(Duration.ofMillis(20))) {
      server.log.answers(request -> begin(server, request, 1, CUT));
      BufferedReader reader = open(server);
      read(reader, CUT);
      readPings(reader);
      InferenceRequest request = server.log.requests.getFirst();
      server.log.emit(request, 2, Events.started());
      server.log.emit(request, 2, Events.failed(FailureCode.ATTEMPTS_EXHAUSTED));
      List<String> rest = new ArrayList<>();
      assertThrows(UncheckedIOException.class, () -> reader.lines().forEach(rest::add));
      String error = rest.get(rest.indexOf("event: error") + 1);
      assertEquals(
          "attempts_exhausted",
          json(error.substring("data: ".length())).path("error").path("code").asString());
      assertFalse(rest.contains("data: [DONE]"), rest::toString);
    }
  }

  private static void begin(
      HttpTestServer server, InferenceRequest request, int attempt, int pieces) {
    server.log.emit(request, attempt, Events.started());
    for (int i = 0; i < pieces; i++) {
      server.log.emit(request, attempt, Events.chunk(i));
    }
  }

  /** What the lost worker writes after that is void. */
  private static void takeOver(HttpTestServer server) {
    InferenceRequest request = server.log.requests.getLast();
    server.log.emit(request, 2, Events.started());
    server.log.emit(request, 1, Events.chunk(CUT, "lost "));
    for (int i = CUT; i < WHOLE; i++) {
      server.log.emit(request, 2, Events.chunk(i));
    }
    server.log.emit(request, 1, Events.failed(FailureCode.ENGINE_FAILED));
    server.log.emit(request, 2, Events.finished());
  }

  private static BufferedReader open(HttpTestServer server) throws Exception {
    var call = server.posting(COMPLETIONS, BODY).build();
    var response = server.client.send(call, BodyHandlers.ofInputStream());
    assertEquals(200, response.statusCode());
    return new BufferedReader(new InputStreamReader(response.body(), UTF_8));
  }

  private static List<String> read(BufferedReader reader, int pieces) throws IOException {
    List<String> lines = new ArrayList<>();
    while (pieces(lines) < pieces) {
      lines.add(reader.readLine());
    }
    return lines;
  }

  private static void readPings(BufferedReader reader) throws IOException {
    for (int seen = 0; seen < PINGS; ) {
      seen += reader.readLine().equals(PING) ? 1 : 0;
    }
  }

  private static long pieces(List<String> lines) {
    return lines.stream().filter(line -> line.contains("\"text\":\"w")).count();
  }

  /** What a client shows: without the id and the time of the request. */
  private static List<String> data(List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith("data: "))
        .map(line -> line.replaceAll("\"id\":\"[^\"]+\"|\"created\":\\d+", ""))
        .toList();
  }
}
