package io.anyserve.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.worker.TokenReader.Answer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
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
    var capability = CapabilitySettings.of("ordered", TestCluster.simulated(4, Map.of()));
    try (var worker = cluster.worker("w-ordered", capability)) {
      InferenceRequest request = cluster.request("ordered", "three words here", 10);
      cluster.submit(request);
      Answer answer = cluster.tokens().answer(request);

      var started = assertInstanceOf(Started.class, answer.events().getFirst());
      assertEquals(3, started.promptTokens());
      assertEquals("words", started.model());
      assertEquals(10, answer.chunks().size());
      assertEquals(
          LongStream.range(0, 10).boxed().toList(),
          answer.chunks().stream().map(chunk -> chunk.sequence()).toList());
      var finished = assertInstanceOf(Finished.class, answer.terminal());
      assertEquals(FinishReason.LENGTH, finished.reason());
      assertEquals(new TokenUsage(3, 10, 0), finished.usage());
    }
  }

  @Test
  void manyRequestsAreAllAnswered() throws Exception {
    var capability = CapabilitySettings.of("many", TestCluster.simulated(64, Map.of()));
    try (var worker = cluster.worker("w-many", capability)) {
      List<InferenceRequest> requests =
          IntStream.range(0, 500)
              .mapToObj(i -> cluster.request("many", "prompt " + i, 10))
              .toList();
      requests.forEach(cluster::submit);
      for (InferenceRequest request : requests) {
        assertEquals(10, cluster.tokens().answer(request).tokens());
      }
    }
  }
}
