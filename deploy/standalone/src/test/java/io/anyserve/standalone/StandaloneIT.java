package io.anyserve.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Priority;
import io.anyserve.v1.SessionUsage;
import io.anyserve.v1.StreamEvent;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The main job on the simulated engine; everything else is real. */
final class StandaloneIT {

  @TempDir static Path data;

  @SuppressWarnings("NullAway.Init") // before every test
  private static RunningServices running;

  @BeforeAll
  static void start() throws Exception {
    running = RunningServices.simulated(data);
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  @Test
  void streamsAndBillsTheSameTokens() {
    List<StreamEvent> stream =
        running.stream(
            RunningServices.inference(
                "story", "bill", RunningServices.text("Once upon a time"), 20));

    assertTrue(stream.getFirst().hasAccepted());
    assertTrue(stream.get(1).hasStarted());
    assertTrue(stream.getLast().hasFinished());
    List<StreamEvent> chunks = stream.stream().filter(StreamEvent::hasChunk).toList();
    for (int i = 0; i < chunks.size(); i++) {
      assertEquals(i, chunks.get(i).getChunk().getSequence());
    }
    long tokens = chunks.stream().mapToLong(chunk -> chunk.getChunk().getTokens()).sum();
    assertEquals(20, tokens);
    SessionUsage usage = running.usage("bill", 1);
    assertEquals(1, usage.getFinished());
    assertEquals(tokens, usage.getCompletionTokens());
    assertEquals(4, usage.getPromptTokens());
    assertEquals(chunks.size(), usage.getChunks());
  }

  @Test
  void twentyAtOnceAllFinish() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        Callable<String> ask =
            () ->
                answer(
                    running.stream(
                        RunningServices.inference(
                            "story", "twenty", RunningServices.text("the same"), 30)));
        answers.add(threads.submit(ask));
      }
      String first = answers.getFirst().get();
      assertFalse(first.isBlank());
      for (Future<String> answer : answers) {
        assertEquals(first, answer.get());
      }
    }
    SessionUsage usage = running.usage("twenty", 20);
    assertEquals(20, usage.getFinished());
    assertEquals(600, usage.getCompletionTokens());
  }

  @Test
  void anUnknownCapabilityIsRefusedAndStillHasItsLedgerLine() {
    var e =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                running.stream(
                    RunningServices.inference("no-such", "lost", RunningServices.text("hi"), 5)));

    assertEquals(Status.Code.NOT_FOUND, e.getStatus().getCode());
    assertTrue(String.valueOf(e.getStatus().getDescription()).contains("no-such"));
    assertEquals(1, running.usage("lost", 1).getFailed());
  }

  @Test
  void malformedRecordsOnEveryTopicStopNobody() throws Exception {
    List<String> topics =
        List.of(
            RunningServices.TOPICS.intake(),
            RunningServices.TOPICS.requests(new Capability("story"), Priority.INTERACTIVE),
            RunningServices.TOPICS.requests(new Capability("story"), Priority.BATCH),
            RunningServices.TOPICS.tokens(),
            RunningServices.TOPICS.control(),
            RunningServices.TOPICS.workers(),
            RunningServices.TOPICS.capabilities());
    try (var producer = running.kafka().newProducer("vandal", Map.of())) {
      for (String topic : topics) {
        for (byte[] value : new byte[][] {new byte[0], {1, 2, 3}, "{\"a\":".getBytes(UTF_8)}) {
          producer.send(new ProducerRecord<>(topic, 0, new byte[] {9}, value)).get();
          producer.send(new ProducerRecord<>(topic, 0, new byte[16], value)).get();
        }
      }
    }

    List<StreamEvent> stream =
        running.stream(
            RunningServices.inference("story", "after", RunningServices.text("still there"), 5));

    assertTrue(stream.getLast().hasFinished());
    assertEquals(5, running.usage("after", 1).getCompletionTokens());
  }

  @ParameterizedTest
  @CsvSource({"health,up", "readiness,ready"})
  void says(String path, String expected) throws Exception {
    assertEquals(expected, get(path).strip());
  }

  @Test
  void measuresItself() throws Exception {
    running.stream(
        RunningServices.inference("story", "metrics", RunningServices.text("count me"), 3));
    String metrics = get("metrics");

    assertTrue(metrics.contains("# HELP"));
    assertTrue(metrics.contains("jvm_memory_used_bytes"));
    assertFalse(metrics.contains("session="), "sessions must not be labels");
  }

  @Test
  void tellsUsageOverHttp() throws Exception {
    running.stream(RunningServices.inference("story", "http", RunningServices.text("tell"), 5));
    running.usage("http", 1);

    String session = getAt(6, "v1/usage/sessions/http");
    assertTrue(session.contains("\"completion_tokens\":5,"), session);
    String lines = getAt(6, "v1/usage/lines?session=http");
    assertTrue(lines.contains("\"session\":\"http\""), lines);
    assertTrue(lines.endsWith("\"next\":null}"), lines);
    assertTrue(getAt(6, "v1/usage/me").contains("\"tenant\":\"default\""));
  }

  private static String get(String path) throws IOException, InterruptedException {
    return getAt(1, path);
  }

  private static String getAt(int port, String path) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + (running.place().port() + port) + "/" + path);
      return client
          .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  private static String answer(List<StreamEvent> stream) {
    StringBuilder text = new StringBuilder();
    stream.forEach(message -> text.append(message.getChunk().getText()));
    return text.toString();
  }
}
