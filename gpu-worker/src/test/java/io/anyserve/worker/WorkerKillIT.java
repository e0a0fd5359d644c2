package io.anyserve.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.RequestKind;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.WorkerId;
import io.anyserve.contracts.codec.EmbeddingInputsCodec;
import io.anyserve.contracts.codec.EmbeddingsCodec;
import io.anyserve.contracts.embedding.Embedding;
import io.anyserve.contracts.embedding.EmbeddingInput;
import io.anyserve.contracts.embedding.EmbeddingInput.OfText;
import io.anyserve.contracts.embedding.EmbeddingInputs;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.worker.TokenReader.Answer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
final class WorkerKillIT {

  private static final int TOKENS = 100;
  private static final int DIMENSIONS = 384;

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
  void streamsOfAKilledProcessGoOnInAnother() throws Exception {
    List<InferenceRequest> requests =
        IntStream.range(0, 4)
            .mapToObj(i -> cluster.request("killed", "story number " + i, TOKENS))
            .toList();
    Process first = WorkerProcess.start(cluster, "w-killed", "killed", "token-rate=10");
    try {
      cluster.prepare("killed");
      requests.forEach(cluster::submit);
      requests.forEach(request -> cluster.tokens().await(request, 6));
    } finally {
      first.destroyForcibly().waitFor();
    }
    var capability = CapabilityConfig.of("killed", TestCluster.simulated(4, Map.of()));
    try (var second = cluster.worker("w-heir", capability)) {
      InferenceRequest next = cluster.request("killed", "behind them", 1);
      cluster.submit(next);
      assertEquals(1, cluster.tokens().answer(next).tokens());
      requests.forEach(request -> assertEquals(1, startedBy(request), "nothing came again"));
      requests.forEach(request -> cluster.republish(request, 1));
      requests.forEach(WorkerKillIT::assertWhole);
    }
  }

  @Test
  void vectorsOfAKilledProcessGoOnInAnotherWithoutARepeat() throws Exception {
    InferenceRequest request = embed(cluster.request("embeds", "x", 1), 100);
    cluster.prepare("embeds");
    cluster.submit(request);
    Process first =
        WorkerProcess.start(
            cluster,
            "w-killed",
            "embeds",
            "embedding-dimensions=" + DIMENSIONS,
            "crash-on=text",
            "fault-after=42");
    assertEquals(137, first.waitFor());
    var capability =
        CapabilityConfig.of(
            "embeds",
            TestCluster.simulated(4, Map.of("embedding-dimensions", String.valueOf(DIMENSIONS))));
    try (var second = cluster.worker("w-heir", capability)) {
      cluster.republish(request, 1);
      Answer answer = cluster.tokens().answer(request);
      assertEquals(new TokenUsage(200, 0, 0), answer.terminal().usage());
      assertEquals(List.of(0L, 1L, 2L, 3L, 4L), writtenSequences(request));
      List<Embedding> vectors =
          answer.chunks().stream()
              .flatMap(
                  chunk -> EmbeddingsCodec.read(chunk.payload().orElseThrow()).vectors().stream())
              .toList();
      assertEquals(100, vectors.size());
      assertEquals(100, Set.copyOf(vectors).size(), "every text has a vector of its own");
    }
  }

  /** Those that do not count included. */
  private static List<Long> writtenSequences(InferenceRequest request) {
    return cluster.tokens().all(request).stream()
        .filter(record -> record.event() instanceof Chunk)
        .map(record -> ((Chunk) record.event()).sequence())
        .toList();
  }

  private static InferenceRequest embed(InferenceRequest like, int texts) {
    var inputs =
        new EmbeddingInputs(
            IntStream.range(0, texts)
                .<EmbeddingInput>mapToObj(i -> new OfText("text " + i))
                .toList());
    return like.with(EmbeddingInputsCodec.write(inputs)).with(RequestKind.EMBED);
  }

  private static long startedBy(InferenceRequest request) {
    return cluster.tokens().counting(request).stream().filter(Started.class::isInstance).count();
  }

  private static void assertWhole(InferenceRequest request) {
    Answer answer = cluster.tokens().answer(request);
    assertEquals(FirstTokens.text(request), answer.text());
    var finished = assertInstanceOf(Finished.class, answer.terminal());
    assertEquals(new TokenUsage(3, TOKENS, 0), finished.usage());
    List<WorkerId> workers =
        answer.events().stream()
            .filter(Started.class::isInstance)
            .map(event -> ((Started) event).worker())
            .toList();
    assertEquals(List.of(new WorkerId("w-killed"), new WorkerId("w-heir")), workers);
  }

  @Test
  void aPromptThatCrashesAWorkerIsAnsweredByOneThatItDoesNotCrash() throws Exception {
    cluster.prepare("crash");
    InferenceRequest request = cluster.request("crash", "please explode now", TOKENS);
    cluster.submit(request);
    Process first =
        WorkerProcess.start(cluster, "w-killed", "crash", "crash-on=explode", "fault-after=3");
    assertEquals(137, first.waitFor());
    var capability = CapabilityConfig.of("crash", TestCluster.simulated(4, Map.of()));
    try (var second = cluster.worker("w-heir", capability)) {
      cluster.republish(request, 1);
      assertEquals(FirstTokens.text(request), cluster.tokens().answer(request).text());
    }
  }
}
