package io.anyserve.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.Capability;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.Payload.Bytes;
import io.anyserve.contracts.Payload.ObjectReference;
import io.anyserve.contracts.Priority;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.event.CapabilityOffer;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.contracts.event.WorkerState;
import io.anyserve.worker.TokenReader.Answer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class WorkerIT {

  private static TestCluster cluster;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    cluster = TestCluster.start(directory);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void aRequestIsAnsweredInOrder() throws Exception {
    var capability = CapabilityConfig.of("ordered", TestCluster.simulated(4, Map.of()));
    try (var worker = cluster.worker("w-ordered", capability)) {
      InferenceRequest request = cluster.request("ordered", "three words here", 10);
      cluster.submit(request);
      Answer answer = cluster.tokens().answer(request);

      var finished = assertInstanceOf(Finished.class, answer.terminal());
      assertInstanceOf(Started.class, answer.events().getFirst());
      Started started = countedStart(answer);
      assertEquals(3, started.promptTokens());
      assertEquals("words", started.model());
      assertEquals(10, answer.chunks().size());
      assertEquals(
          LongStream.range(0, 10).boxed().toList(),
          answer.chunks().stream().map(chunk -> chunk.sequence()).toList());
      assertEquals(FinishReason.LENGTH, finished.reason());
      assertEquals(new TokenUsage(3, 10, 0), finished.usage());
    }
  }

  /** A record that Kafka delivers a second time is taken over by a Started without a count. */
  private static Started countedStart(Answer answer) {
    return answer.events().stream()
        .filter(Started.class::isInstance)
        .map(Started.class::cast)
        .filter(started -> started.promptTokens() > 0)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void manyRequestsAreAllAnsweredAndTheMetersAddUp() throws Exception {
    var capability = CapabilityConfig.of("many", TestCluster.simulated(64, Map.of()));
    var settings = TestCluster.settings("w-many", TestCluster.DELIVERY, capability);
    var meters = new SimpleMeterRegistry();
    try (var worker = cluster.worker(settings, meters)) {
      List<InferenceRequest> requests =
          IntStream.range(0, 500)
              .mapToObj(i -> cluster.request("many", "prompt " + i, 10))
              .toList();
      requests.forEach(cluster::submit);
      cluster.submit(new Capability("many"), Priority.INTERACTIVE, new byte[] {1, 2, 3});
      for (InferenceRequest request : requests) {
        assertEquals(10, cluster.tokens().answer(request).tokens());
      }
      cluster
          .tokens()
          .awaitUntil(() -> meters.get("anyserve.worker.in.flight").gauge().value() == 0);
    }
    double settled =
        meters.get("anyserve.worker.settled").counters().stream().mapToDouble(Counter::count).sum();
    assertEquals(meters.get("anyserve.worker.taken").counter().count(), settled);
    assertEquals(500, settled(meters, "finished"));
    assertEquals(1, settled(meters, "rejected"));
    assertEquals(5000, meters.get("anyserve.worker.tokens").counter().count());
  }

  private static double settled(SimpleMeterRegistry meters, String how) {
    return meters.get("anyserve.worker.settled").tag("outcome", how).counter().count();
  }

  @Test
  void workersSideBySideShareTheLoad() throws Exception {
    var capability =
        CapabilityConfig.of("shared", TestCluster.simulated(2, Map.of("token-rate", "20")));
    try (var first = cluster.worker("w-shared-1", capability);
        var second = cluster.worker("w-shared-2", capability)) {
      List<InferenceRequest> requests =
          IntStream.range(0, 8).mapToObj(i -> cluster.request("shared", "p" + i, 20)).toList();
      requests.forEach(cluster::submit);
      Set<WorkerId> workers =
          requests.stream()
              .map(request -> cluster.tokens().answer(request).events().getFirst())
              .map(event -> assertInstanceOf(Started.class, event).worker())
              .collect(Collectors.toSet());
      assertEquals(Set.of(new WorkerId("w-shared-1"), new WorkerId("w-shared-2")), workers);
    }
  }

  @Test
  void aPromptLargerThanAFetchArrives() throws Exception {
    var capability = CapabilityConfig.of("large", TestCluster.simulated(2, Map.of()));
    try (var worker = cluster.worker("w-large", capability)) {
      InferenceRequest request = cluster.request("large", "word ".repeat(14_000), 3);
      cluster.submit(request);
      var finished = assertInstanceOf(Finished.class, cluster.tokens().answer(request).terminal());
      assertEquals(new TokenUsage(14_000, 3, 0), finished.usage());
    }
  }

  @Test
  void aLargeInputAndAnOutputTravelAsReferences() throws Exception {
    var payloads = new FakePayloadStore();
    var content = new Bytes(ByteString.copyFrom(new byte[5 << 20]), "image/png");
    ObjectReference stored = payloads.offload(new TenantId("acme"), new RequestId(1, 1), content);
    var capability = CapabilityConfig.of("echo", TestCluster.simulated(2, Map.of("echo", "true")));
    var settings = TestCluster.settings("w-echo", TestCluster.DELIVERY, capability);
    try (var worker = cluster.worker(settings, new SimpleMeterRegistry(), payloads)) {
      InferenceRequest request = cluster.request("echo", stored);
      cluster.submit(request);
      Answer answer = cluster.tokens().answer(request);
      Payload output = answer.chunks().getFirst().payload().orElseThrow();
      var reference = assertInstanceOf(ObjectReference.class, output);
      assertEquals(content, payloads.resolve(new TenantId("acme"), reference));

      InferenceRequest missing =
          cluster.request("echo", FakePayloadStore.reference("acme/gone", 5));
      cluster.submit(missing);
      var failed = assertInstanceOf(Failed.class, cluster.tokens().answer(missing).terminal());
      assertEquals(FailureCode.OBJECT_NOT_FOUND, failed.failure().code());
    }
  }

  @Test
  void batchWorkIsDoneAndItsOutputKept() throws Exception {
    var capability = CapabilityConfig.of("batched", TestCluster.simulated(4, Map.of()));
    try (var worker = cluster.worker("w-batched", capability)) {
      InferenceRequest request = cluster.batchRequest("batched", "for later", 12);
      cluster.submit(request);
      Answer answer = cluster.tokens().answer(request);
      var finished = assertInstanceOf(Finished.class, answer.terminal());
      assertEquals(Optional.of(new Payload.Text(answer.text())), finished.output());
    }
  }

  @Test
  void aWorkerSaysThatItLivesAndWhenItStops() throws Exception {
    var capability = CapabilityConfig.of("known", TestCluster.simulated(3, Map.of()));
    List<Optional<WorkerHeartbeat>> heard;
    try (var worker = cluster.worker("w-known", capability)) {
      cluster.tokens().awaitUntil(() -> cluster.heartbeats("w-known").size() > 1);
      var farewell = cluster.heartbeats("w-known").getFirst().orElseThrow();
      assertEquals(WorkerState.STOPPED, farewell.state());
      var first = cluster.heartbeats("w-known").get(1).orElseThrow();
      assertEquals(WorkerState.READY, first.state());
      assertEquals(
          List.of(
              new CapabilityOffer(new Capability("known"), "simulated", "words", 3, true, 0)
                  .with(true, true)),
          first.capabilities());
    }
    heard = cluster.heartbeats("w-known");
    assertEquals(Optional.empty(), heard.getLast());
    assertEquals(WorkerState.STOPPED, heard.get(heard.size() - 2).orElseThrow().state());
  }

  @Test
  void moreModelsThanFitTakeTurns() throws Exception {
    var one = CapabilityConfig.of("turn-one", TestCluster.simulated(2, Map.of("load-ms", "50")));
    var two = CapabilityConfig.of("turn-two", TestCluster.simulated(2, Map.of("load-ms", "50")));
    var settings =
        new WorkerConfig(
            new WorkerId("w-turns"),
            TestCluster.TOPICS,
            List.of(one, two),
            1,
            TestCluster.DELIVERY,
            Optional.of(TestCluster.SIZES));
    try (var worker = cluster.worker(settings, new SimpleMeterRegistry())) {
      for (int i = 0; i < 3; i++) {
        InferenceRequest first = cluster.request("turn-one", "a" + i, 5);
        InferenceRequest second = cluster.request("turn-two", "b" + i, 5);
        cluster.submit(first);
        cluster.submit(second);
        assertEquals(5, cluster.tokens().answer(first).tokens());
        assertEquals(5, cluster.tokens().answer(second).tokens());
      }
    }
  }
}
