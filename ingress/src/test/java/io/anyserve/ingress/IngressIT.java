package io.anyserve.ingress;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.anyserve.v1.CapabilityServiceGrpc;
import io.anyserve.v1.FinishReason;
import io.anyserve.v1.InferRequest;
import io.anyserve.v1.InferStreamResponse;
import io.anyserve.v1.ListCapabilitiesRequest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class IngressIT {

  private TestLog log;
  private TestWorker worker;
  private Ingress ingress;
  private TestClient client;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    log = TestLog.start(directory);
    worker = TestWorker.start(log.kafka(), TestLog.STORY, TestWorker::tellStory);
    ingress =
        new Ingress(
            IngressSettings.local(0, log.kafka(), TestLog.TOPICS, Optional.empty()),
            new SimpleMeterRegistry(),
            List.of());
    ingress.start();
    await().atMost(Duration.ofSeconds(30)).until(() -> ingress.troubles().isEmpty());
    client = new TestClient(ingress.address());
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
    List<InferStreamResponse> events = client.stream(TestClient.prompt("Once", 3).build());
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
    assertEquals(TestLog.STORY.value(), found.getCapabilities(0).getName());
    assertEquals(4, found.getCapabilities(0).getSlots());
  }
}
