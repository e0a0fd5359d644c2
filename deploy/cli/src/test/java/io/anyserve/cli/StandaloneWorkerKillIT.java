package io.anyserve.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.topic.TopicNames;
import io.anyserve.standalone.RunningServices;
import io.anyserve.standalone.StandaloneLayout;
import io.anyserve.standalone.UnusedPorts;
import io.anyserve.v1.GetRequestRequest;
import io.anyserve.v1.GetRequestResponse;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.StreamEvent;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker process is killed in the middle of a stream; another one goes on. */
@Timeout(300)
final class StandaloneWorkerKillIT {

  private static final int TOKENS = 200;
  private static final int WHOLE = 60;
  private static final int CUT = 40;
  private static final String TEXT = "\"text\":\"";

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // before every test
  private static RunningServices services;

  @BeforeAll
  static void start() throws Exception {
    StandaloneLayout place =
        new StandaloneLayout(folder.resolve("data"), UnusedPorts.row(8), true, Path.of("unused"));
    services = RunningServices.start(place, Map.of("ANYSERVE_WORKER_ID", "stand-by"));
  }

  @AfterAll
  static void stop() {
    services.close();
  }

  @Test
  void theStreamGoesOnAndIsBilledOnce() throws Exception {
    try (WorkerProcess first = WorkerProcess.start(config("first", "slow", 40));
        WorkerProcess second = WorkerProcess.start(config("second", "slow", 40))) {
      String undisturbed = text(services.stream(inference("calm")));
      Iterator<StreamEvent> stream =
          InferenceServiceGrpc.newBlockingStub(services.channel())
              .inferStream(
                  InferStreamRequest.newBuilder().setInference(inference("storm")).build());

      List<StreamEvent> seen = new ArrayList<>();
      while (seen.stream().filter(StreamEvent::hasChunk).count() < 5) {
        seen.add(stream.next());
      }
      String holder =
          seen.stream()
              .filter(StreamEvent::hasStarted)
              .findFirst()
              .orElseThrow()
              .getStarted()
              .getWorker();
      (holder.equals("first") ? first : second).kill();
      stream.forEachRemaining(seen::add);

      assertTrue(seen.getLast().hasFinished());
      assertEquals(undisturbed, text(seen));
      assertEquals(2, seen.stream().filter(StreamEvent::hasStarted).count(), "one takeover");
      var usage = services.usage("storm", 1);
      assertEquals(1, usage.getRequests());
      assertEquals(TOKENS, usage.getCompletionTokens());
    }
  }

  /** Forty of sixty pieces have come by then; the client of the HTTP server notices nothing. */
  @Test
  void theServerSentEventsGoOnToTheSameText() throws Exception {
    try (WorkerProcess first = WorkerProcess.start(config("third", "slower", 10));
        WorkerProcess second = WorkerProcess.start(config("fourth", "slower", 10));
        HttpClient http = HttpClient.newHttpClient()) {
      List<String> undisturbed =
          http.send(streaming("calm-http"), BodyHandlers.ofLines()).body().toList();
      var response = http.send(streaming("storm-http"), BodyHandlers.ofInputStream());
      String id = response.headers().firstValue("x-request-id").orElseThrow();
      String holder = state(id).getWorker();
      List<String> lines = new ArrayList<>();
      try (var reader = new BufferedReader(new InputStreamReader(response.body(), UTF_8))) {
        while (pieces(lines).size() < CUT) {
          lines.add(reader.readLine());
        }
        (holder.equals("third") ? first : second).kill();
        reader.lines().forEach(lines::add);
      }

      assertEquals(String.join("", pieces(undisturbed)), String.join("", pieces(lines)));
      assertTrue(lines.contains("data: [DONE]"), lines::toString);
      assertEquals(2, state(id).getAttempts());
      var usage = services.usage("storm-http", 1);
      assertEquals(1, usage.getRequests());
      assertEquals(WHOLE, usage.getCompletionTokens());
    }
  }

  private static HttpRequest streaming(String session) {
    String body =
        "{\"model\":\"slower\",\"prompt\":\"one prompt for both\",\"stream\":true,\"seed\":7,\"max_tokens\":%d,\"ignore_eos\":true}"
            .formatted(WHOLE);
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:%d/v1/completions".formatted(services.place().apiPort())))
        .header("Content-Type", "application/json")
        .header("anyserve-session", session)
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  private static GetRequestResponse state(String id) {
    return InferenceServiceGrpc.newBlockingStub(services.channel())
        .getRequest(GetRequestRequest.newBuilder().setRequestId(id).build());
  }

  /** As they are written in JSON. */
  private static List<String> pieces(List<String> lines) {
    return lines.stream()
        .filter(line -> line.contains(TEXT))
        .map(line -> line.substring(line.indexOf(TEXT) + TEXT.length()))
        .map(rest -> rest.substring(0, rest.indexOf('"')))
        .filter(piece -> !piece.isEmpty())
        .toList();
  }

  private static io.anyserve.v1.Inference inference(String session) {
    return RunningServices.inference(
        "slow", session, RunningServices.text("one prompt for both"), TOKENS);
  }

  private static String text(List<StreamEvent> stream) {
    StringBuilder text = new StringBuilder();
    stream.forEach(message -> text.append(message.getChunk().getText()));
    return text.toString();
  }

  private static Path config(String worker, String capability, int rate) throws Exception {
    return Files.writeString(
        folder.resolve(worker + ".toml"),
        """
        [kafka]
        bootstrap.servers = "%s"
        [topics]
        prefix = "%s"
        [worker]
        id = "%s"
        http-port = 0
        [[worker.capability]]
        name = "%s"
        engine = "simulated"
        slots = 4
        token-rate = "%d"
        """
            .formatted(
                services.bootstrapServers(), TopicNames.DEFAULT_PREFIX, worker, capability, rate));
  }

  /** A worker in a process of its own, as {@code ./anyserve run worker} starts it. */
  private record WorkerProcess(Process process) implements AutoCloseable {

    static WorkerProcess start(Path config) throws Exception {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx128m",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  "io.anyserve.cli.AnyServe",
                  "run",
                  "worker",
                  "--config",
                  config.toString())
              .redirectErrorStream(true)
              .start();
      awaitReady(process);
      return new WorkerProcess(process);
    }

    private static void awaitReady(Process process) throws Exception {
      StringBuilder said = new StringBuilder();
      var reader = process.inputReader();
      String line;
      while ((line = reader.readLine()) != null) {
        said.append(line).append('\n');
        if (line.contains("is ready")) {
          Thread.ofVirtual().start(() -> reader.lines().forEach(ignored -> {}));
          return;
        }
      }
      throw new IllegalStateException("the worker ended:\n" + said);
    }

    /** As {@code kill -9}. */
    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws InterruptedException {
      process.destroy();
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }
}
