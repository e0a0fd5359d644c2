package io.anyserve.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainerIT {

  private static final BytePairEncoding ENCODING = new BytePairEncoding(List.of());
  private static final ModelShape TINY = new ModelShape(32, 2, 4, 2, 8, 64, ENCODING.size(), 64);

  @Test
  void lossFallsHoweverManyThreadsComputeIt() {
    List<Float> losses = losses(20, 1);
    assertEquals(Math.log(TINY.vocabulary()), losses.getFirst(), 0.5);
    assertTrue(losses.getLast() < 0.75 * losses.getFirst(), "losses: " + losses);
    assertClose(losses, losses(20, 2));
  }

  @Test
  void aStoppedRunGoesOnWhereItWas(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("state");
    List<Float> whole = losses(12, 1);
    run(0, 6, 1, fresh()).state().write(file);
    var read = TrainingState.read(file, WeightSpec.all(TINY));
    assertEquals(6, read.steps());
    assertClose(whole.subList(6, 12), run(6, 12, 1, read).losses());
  }

  @Test
  void scoresEveryTokenAsContinuation() {
    try (var manager = (PtNDManager) Engine.getEngine("PyTorch").newBaseManager();
        var trainer = new Trainer(manager, TINY, fresh())) {
      assertEquals(TINY.vocabulary(), trainer.next(ENCODING.encode("Once")).length);
      assertEquals(
          trainer.parameters(), trainer.specs().stream().mapToLong(spec -> spec.size()).sum());
    }
  }

  @Test
  void repeatsAnOverlearnedSentence() {
    try (var manager = (PtNDManager) Engine.getEngine("PyTorch").newBaseManager();
        var threads = Executors.newSingleThreadExecutor();
        var trainer = new Trainer(manager, TINY, fresh())) {
      var windows = new TrainingBatches(ENCODING, () -> "the fox ran home.<|endoftext|>");
      for (int step = 0; step < 120; step++) {
        trainer.step(List.of(windows.next(4, 32)), 5e-3, threads);
      }
      var random = new SplittableRandom(2);
      assertEquals(
          " fox ran home.", TextSampler.continuation(trainer, ENCODING, "the", 0, 40, random));
    }
  }

  private record Run(List<Float> losses, TrainingState state) {}

  private static List<Float> losses(int steps, int threads) {
    return run(0, steps, threads, fresh()).losses();
  }

  /** Steps {@code from} to {@code to} on the texts that belong to them. */
  private static Run run(int from, int to, int threadCount, TrainingState start) {
    Engine engine = Engine.getEngine("PyTorch");
    JniUtils.setNumThreads(1);
    try (var manager = (PtNDManager) engine.newBaseManager();
        var threads = Executors.newFixedThreadPool(threadCount);
        var trainer = new Trainer(manager, TINY, start)) {
      var windows = new TrainingBatches(ENCODING, new TrainingCorpus(new SplittableRandom(2)));
      var losses = new ArrayList<Float>();
      for (int step = 0; step < to; step++) {
        List<Batch> shards = List.of(windows.next(8, 64), windows.next(8, 64));
        if (step >= from) {
          losses.add(trainer.step(shards, 5e-3, threads));
        }
      }
      return new Run(losses, trainer.state());
    }
  }

  /** Equal but for the last digits, which depend on where memory happens to lie. */
  private static void assertClose(List<Float> expected, List<Float> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i), actual.get(i), 1e-3, expected + " but " + actual);
    }
  }

  private static TrainingState fresh() {
    return TrainingState.fresh(WeightSpec.all(TINY), new SplittableRandom(1));
  }
}
