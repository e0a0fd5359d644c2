package io.anyserve.ingress;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.InferenceRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A stream over HTTP whose ingress stops goes on at another one. */
@Timeout(240)
final class HttpResumeIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int HALF = 20;
  private static final String BODY =
      "{\"model\":\"story\",\"prompt\":\"Once\",\"stream\":true,\"max_tokens\":40}";

  private final BlockingQueue<InferenceRequest> taken = new ArrayBlockingQueue<>(10);

  @Test
  void aStreamGoesOnAtAnotherIngress(@TempDir Path directory) throws Exception {
    try (IngressTestLog log = IngressTestLog.start(directory);
        TestWorker worker =
            TestWorker.start(
                log.kafka(), IngressTestLog.STORY, (request, self) -> taken.add(request));
        Ingress second = ingress(log, "b")) {
      Ingress first = ingress(log, "a");
      List<String> lines = new ArrayList<>();
      InferenceRequest request;
      try (Socket socket = post(first.httpAddress())) {
        request = taken.take();
        worker.started(request);
        write(worker, request, 0, HALF);
        BufferedReader reader = reader(socket);
        while (pieces(lines) < HALF) {
          lines.add(reader.readLine());
        }
        first.close();
        List<String> rest = reader.lines().toList();
        assertTrue(rest.contains("event: error"), rest::toString);
        assertTrue(rest.stream().anyMatch(line -> line.contains("shutting_down")), rest::toString);
      }
      write(worker, request, HALF, 2 * HALF);
      worker.finished(request, 2 * HALF);
      List<String> rest = resume(second.httpAddress(), lastId(lines));
      lines.addAll(rest);
      assertEquals(2 * HALF, pieces(lines), lines::toString);
      for (int i = 0; i < 2 * HALF; i++) {
        String word = "\"text\":\"w" + i + " \"";
        assertEquals(1, lines.stream().filter(line -> line.contains(word)).count(), word);
      }
      assertTrue(rest.contains("data: [DONE]"), rest::toString);
      assertEquals(1, lines.stream().filter(line -> line.contains("\"length\"")).count());
    }
  }

  private static Ingress ingress(IngressTestLog log, String instance) throws Exception {
    var ingress =
        new Ingress(
            new IngressConfig(
                new ListenConfig(ListenConfig.DEFAULT_HOST, 0, Duration.ofMillis(100)),
                IngressConfig.Limits.DEFAULT,
                new AccessConfig(List.of(), Optional.of("a key that both ingresses have")),
                new IngressConfig.Log(log.kafka(), IngressTestLog.TOPICS, instance, 1),
                Optional.empty(),
                Optional.empty()),
            IngressEnvironment.of(new SimpleMeterRegistry()));
    ingress.start();
    await().atMost(PATIENCE).until(() -> ingress.notReadyReasons().isEmpty());
    return ingress;
  }

  private static Socket post(InetSocketAddress to) throws Exception {
    Socket socket = new Socket(to.getHostString(), to.getPort());
    String request =
        "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: "
            + BODY.length()
            + "\r\n\r\n"
            + BODY;
    socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    return socket;
  }

  private static List<String> resume(InetSocketAddress at, String id) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(
                  URI.create("http://%s:%d/v1/streams".formatted(at.getHostString(), at.getPort())))
              .header("Last-Event-ID", id)
              .build();
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body().lines().toList();
    }
  }

  private static BufferedReader reader(Socket socket) throws Exception {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  private static void write(TestWorker worker, InferenceRequest request, int from, int to) {
    for (int i = from; i < to; i++) {
      worker.chunk(request, i, "w" + i + " ");
    }
  }

  private static long pieces(List<String> lines) {
    return lines.stream().filter(line -> line.contains("\"text\":\"w")).count();
  }

  private static String lastId(List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith("id: "))
        .reduce("", (_, next) -> next)
        .substring("id: ".length());
  }
}
