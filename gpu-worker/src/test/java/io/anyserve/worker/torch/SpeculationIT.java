package io.anyserve.worker.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.contracts.sampling.LogitBias;
import io.anyserve.contracts.sampling.Penalties;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.contracts.sampling.StopCriteria;
import io.anyserve.worker.torch.precision.MachinePrecisions;
import io.anyserve.worker.torch.precision.Precision;
import io.anyserve.worker.torch.speculation.Speculation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guessed tokens change how soon an answer is there, and nothing else. */
final class SpeculationIT {

  private static final TenantId ACME = new TenantId("acme");
  private static final int ANSWER = 60;

  @TempDir private static Path folder;

  @Test
  void answersAreTheSameWithAndWithoutGuesses() throws Exception {
    assumeTrue(MachinePrecisions.right().contains(Precision.F32_PACKED), "not on this machine");
    TinyModel.write(folder);
    var options = new TorchModel.Options(Precision.F32_PACKED, 4, 256, 2);
    try (TorchModel model = TorchModel.load(folder, options)) {
      List<Answers> with = run(model, true);
      List<Answers> without = run(model, false);
      for (int i = 0; i < with.size(); i++) {
        assertEquals(without.get(i).tokens(), with.get(i).tokens());
        assertEquals(without.get(i).logprobs(), with.get(i).logprobs());
      }
      assertTrue(with.stream().mapToInt(Answers::right).sum() > 50, "guesses were never right");
      assertTrue(
          with.stream().mapToInt(Answers::guessed).sum()
              > with.stream().mapToInt(Answers::right).sum(),
          "guesses were never wrong");
      assertEquals(0, without.stream().mapToInt(Answers::guessed).sum());
    }
  }

  /** Prompts that repeat themselves, one alone and four at once, in every way to draw. */
  private static List<Answers> run(TorchModel model, boolean guesses) {
    List<Answers> all = new ArrayList<>();
    for (GenerationParameters parameters : parameters()) {
      all.add(together(model, guesses, parameters, 1));
      all.add(together(model, guesses, parameters, 4));
    }
    return all;
  }

  private static List<GenerationParameters> parameters() {
    var endless = new StopCriteria(List.of(), true);
    GenerationParameters greedy = GenerationParameters.greedy(ANSWER).with(endless);
    return List.of(
        greedy,
        greedy.withLogprobs(3),
        greedy.with(LogitBias.of(Map.of((int) 'a', 2.0))),
        GenerationParameters.greedy(ANSWER).with(new StopCriteria(List.of("ab"), false)),
        greedy.with(endless.withMinTokens(20).withTokens(List.of((int) 'e'))),
        new GenerationParameters(ANSWER, new SamplingParams(0.3, 0.9, 5, 4), List.of(), true),
        new GenerationParameters(
            ANSWER, new SamplingParams(0, 1, 0, 4, new Penalties(1, 0.5)), List.of(), true));
  }

  /** On a clock by which every step takes the same time, so that long guesses pay. */
  private static Answers together(
      TorchModel model, boolean guesses, GenerationParameters parameters, int count) {
    GenerationBatch batch =
        model.batch(new Speculation(guesses, new AtomicLong()::incrementAndGet));
    var answers = new Answers();
    IntStream.range(0, count)
        .forEach(i -> batch.add(i, ACME, model.generation(prompt(i), parameters)));
    while (!batch.idle()) {
      batch.step(answers);
    }
    return answers;
  }

  private static int[] prompt(int seed) {
    int[] once = new Random(seed).ints(11, 'a', 'z').toArray();
    return IntStream.range(0, 3 * once.length).map(i -> once[i % once.length]).toArray();
  }
}
