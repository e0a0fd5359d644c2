package io.anyserve.ingress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.codec.RequestCodec;
import io.anyserve.contracts.codec.WorkerCodec;
import io.anyserve.contracts.event.ControlCommand.Cancel;
import io.anyserve.v1.CapabilityServiceGrpc;
import io.anyserve.v1.FinishReason;
import io.anyserve.v1.InferRequest;
import io.anyserve.v1.InferStreamRequest;
import io.anyserve.v1.ListCapabilitiesRequest;
import io.anyserve.v1.StreamEvent;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class IngressIT {

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private IngressTestLog log;
  private TestWorker worker;
  private Ingress ingress;
  private TestClient client;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    log = IngressTestLog.start(directory);
    worker = TestWorker.start(log.kafka(), IngressTestLog.STORY, TestWorker::tellStory);
    ingress = new Ingress(settings(), IngressEnvironment.of(meters));
    ingress.start();
    await().atMost(Duration.ofSeconds(90)).until(() -> ingress.notReadyReasons().isEmpty());
    client = new TestClient(ingress.address());
  }

  private IngressConfig settings() {
    return IngressConfig.local(0, log.kafka(), IngressTestLog.TOPICS, Optional.empty());
  }

  @AfterAll
  void stop() throws Exception {
    client.close();
    ingress.close();
    worker.close();
    log.close();
  }

  @Test
  void aStreamBringsItsEventsInOrder() {
    List<StreamEvent> events = client.stream(TestClient.prompt("Once", 3).build());
    assertEquals(
        List.of("ACCEPTED", "STARTED", "CHUNK", "CHUNK", "CHUNK", "FINISHED"),
        events.stream().map(event -> event.getEventCase().name()).toList());
    assertEquals(
        "w0 w1 w2 ",
        events.stream().map(event -> event.getChunk().getText()).collect(Collectors.joining()));
    assertFalse(events.getFirst().getAccepted().getResumeToken().isEmpty());
    assertEquals(3, events.getLast().getFinished().getUsage().getCompletionTokens());
  }

  @Test
  void aUnaryCallBringsTheWhole() {
    var request = InferRequest.newBuilder().setInference(TestClient.prompt("Once", 4)).build();
    var response = client.blocking().infer(request);
    assertEquals("w0 w1 w2 w3 ", response.getOutput().getText());
    assertEquals(FinishReason.FINISH_REASON_LENGTH, response.getFinishReason());
    assertEquals("test-model", response.getModel());
    assertEquals("session-1", response.getSession());
  }

  @Test
  void capabilitiesComeFromTheWorkers() {
    var found =
        CapabilityServiceGrpc.newBlockingStub(client.channel())
            .listCapabilities(ListCapabilitiesRequest.getDefaultInstance());
    assertEquals(IngressTestLog.STORY.value(), found.getCapabilities(0).getName());
    assertEquals(4, found.getCapabilities(0).getSlots());
  }

  @Test
  void manyCallersAtOnceAllGetTheirOwnAnswers() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<StreamEvent>>> calls = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        var inference = TestClient.prompt("Once", 10 + i).setSession("session-" + i).build();
        calls.add(threads.submit(() -> client.stream(inference)));
      }
      for (int i = 0; i < calls.size(); i++) {
        List<StreamEvent> events = calls.get(i).get();
        assertEquals("session-" + i, events.getFirst().getAccepted().getSession());
        assertEquals(10 + i, events.getLast().getFinished().getUsage().getCompletionTokens());
        assertEquals(10 + i + 3, events.size());
      }
    }
  }

  @Test
  void anotherIngressOnTheSamePartitionIsHarmless() throws Exception {
    try (var other = new Ingress(settings(), IngressEnvironment.of(new SimpleMeterRegistry()))) {
      other.start();
      await().atMost(Duration.ofSeconds(90)).until(() -> other.notReadyReasons().isEmpty());
      try (var second = new TestClient(other.address());
          var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<List<StreamEvent>>> calls = new ArrayList<>();
        for (TestClient caller : List.of(client, second, client, second)) {
          calls.add(threads.submit(() -> caller.stream(TestClient.prompt("Once", 50).build())));
        }
        for (Future<List<StreamEvent>> call : calls) {
          assertEquals(53, call.get().size());
        }
      }
    }
  }

  @Test
  void junkOnTheReplyPartitionDisturbsNobody() {
    byte[] stranger = new RequestId(1, 1).bytes();
    for (int partition = 0; partition < 2; partition++) {
      worker.emit(partition, new byte[0], new byte[0]);
      worker.emit(partition, stranger, new byte[] {1, 2, 3});
      worker.emit(partition, "short".getBytes(UTF_8), new byte[] {-1});
      worker.emit(partition, null, null);
    }
    assertEquals(6, client.stream(TestClient.prompt("Once", 3).build()).size());
    assertTrue(meters.counter("anyserve.ingress.tokens.records", "kind", "malformed").count() >= 3);
  }

  @Test
  void junkBetweenTheEventsOfARequestIsSkipped() {
    assertEquals(5, client.stream(TestClient.prompt(TestWorker.JUNK, 2).build()).size());
  }

  /** Neither the stream in which they are nor the one beside it. */
  @Test
  void unreadableRecordsBreakNoStreamOverHttp() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      var beside = http.sendAsync(streaming("Once"), BodyHandlers.ofString());
      var among = http.sendAsync(streaming(TestWorker.JUNK), BodyHandlers.ofString());
      for (var call : List.of(beside, among)) {
        String stream = call.get().body();
        for (int i = 0; i < 60; i++) {
          assertEquals(2, stream.split("\"text\":\"w" + i + " \"", -1).length, stream);
        }
        assertTrue(stream.endsWith("data: [DONE]\n\n"), stream);
      }
    }
  }

  private HttpRequest streaming(String prompt) {
    String body =
        "{\"model\":\"%s\",\"prompt\":\"%s\",\"stream\":true,\"max_tokens\":60}"
            .formatted(IngressTestLog.STORY, prompt);
    return HttpRequest.newBuilder(
            URI.create(
                "http://127.0.0.1:%d/v1/completions".formatted(ingress.httpAddress().getPort())))
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  @Test
  void anUnknownCapabilityGoesToTheRouter() throws Exception {
    var inference = TestClient.prompt("Once", 3).setCapability("nobody-offers-this").build();
    var events =
        client
            .blocking()
            .inferStream(InferStreamRequest.newBuilder().setInference(inference).build());
    String id = events.next().getAccepted().getRequestId();
    var record = log.read(IngressTestLog.TOPICS.intake(), 1).getFirst();
    assertEquals(id, RequestId.of(record.key()).toString());
    InferenceRequest request = RequestCodec.decode(record.value());
    worker.emitUntaken(request, new Failure(FailureCode.UNKNOWN_CAPABILITY, "nobody"));
    var thrown = assertThrows(StatusRuntimeException.class, events::hasNext);
    assertEquals(Status.Code.NOT_FOUND, thrown.getStatus().getCode());
  }

  @Test
  void aCallerThatLeavesIsACommandOnTheControlTopic() {
    var context = Context.current().withCancellation();
    context.run(
        () -> {
          var request = InferStreamRequest.newBuilder();
          request.setInference(TestClient.prompt(TestWorker.SILENT, 3));
          assertTrue(client.blocking().inferStream(request.build()).next().hasAccepted());
        });
    context.cancel(null);
    var record = log.read(IngressTestLog.TOPICS.control(), 1).getFirst();
    var command = (Cancel) WorkerCodec.decodeCommand(record.value());
    assertEquals(CancelReason.CLIENT_GONE, command.reason());
    assertEquals(command.request(), RequestId.of(record.key()));
  }
}
