package io.anyserve.worker.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.worker.torch.QualityBench.Result;
import io.anyserve.worker.torch.precision.Precision;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class QualityBenchIT {

  private static final int TOKENS = 300;

  private @TempDir Path folder;

  /** More tokens than the model takes at once: the second window begins anew. */
  @Test
  void f32IsTheMeasureOfTheOthers() throws Exception {
    Path model = TinyModel.write(folder.resolve("tiny"));
    Path text = Files.writeString(folder.resolve("text"), "0123456789".repeat(40));
    List<Result> results = run(model, text);

    Result exact = results.getFirst();
    assertEquals(Precision.F32, exact.precision());
    assertEquals(TOKENS - 2, exact.positions());
    assertEquals(perplexity(model), exact.perplexity(), 1e-4 * exact.perplexity());
    assertEquals(0, exact.divergence(), 1e-9);
    assertEquals(1, exact.agreement());
    Result coarse = results.getLast();
    assertEquals(Precision.INT8, coarse.precision());
    assertTrue(coarse.divergence() > 0 && coarse.divergence() < 0.01, coarse.toString());
    assertTrue(coarse.agreement() > 0.8, coarse.toString());
  }

  @Test
  void aTextWithoutASecondTokenIsRefused() throws Exception {
    Path model = TinyModel.write(folder.resolve("tiny"));
    Path text = Files.writeString(folder.resolve("text"), "x");
    String message =
        assertThrows(IllegalArgumentException.class, () -> run(model, text)).getMessage();
    assertEquals("text: 1 tokens in " + text + " (expected: >= 2)", message);
  }

  private static List<Result> run(Path model, Path text) throws Exception {
    var out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    return QualityBench.run(model, List.of(Precision.INT8), text, TOKENS, 1, out);
  }

  /** By one forward pass for each window. */
  private static double perplexity(Path model) {
    double surprise = 0;
    try (var loaded = new Loaded(model, Precision.F32)) {
      for (int start : List.of(0, 256)) {
        int[] tokens = new int[Math.min(256, TOKENS - start)];
        for (int i = 0; i < tokens.length; i++) {
          tokens[i] = '0' + (start + i) % 10;
        }
        float[] logits = loaded.decoder().logits(0, 0, tokens);
        for (int i = 0; i + 1 < tokens.length; i++) {
          surprise -= logprob(logits, i, loaded.config().vocabulary(), tokens[i + 1]);
        }
      }
    }
    return Math.exp(surprise / (TOKENS - 2));
  }

  private static double logprob(float[] logits, int row, int vocabulary, int token) {
    double sum = 0;
    for (int i = 0; i < vocabulary; i++) {
      sum += Math.exp(logits[row * vocabulary + i]);
    }
    return logits[row * vocabulary + token] - Math.log(sum);
  }
}
