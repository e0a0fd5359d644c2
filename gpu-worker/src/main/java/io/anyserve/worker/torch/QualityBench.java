package io.anyserve.worker.torch;

import io.anyserve.contracts.Payload;
import io.anyserve.worker.torch.cache.KvCacheConfig;
import io.anyserve.worker.torch.precision.Precision;
import io.anyserve.worker.torch.precision.PrecisionChoice;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a precision does to a model's answers: its probabilities of the tokens of a text beside
 * those in f32, and what loading it takes.
 *
 * <p>The text is cut into windows that begin anew, so that a token is predicted from at most a
 * window of tokens before it, and on average from half of one. Logits in f32 lie in a file
 * meanwhile, four bytes for each token of the vocabulary and of the text.
 */
public final class QualityBench {

  /** Tokens that are predicted from each other, unless the model takes fewer. */
  private static final int WINDOW = 512;

  private static final String ROW = "%-12s %11s %11s %9s %9s%n";

  private final int[] tokens;
  private final int vocabulary;

  /**
   * What was measured.
   *
   * @param perplexity e to the mean of the negative natural logarithms of the text's tokens'
   *     probabilities
   * @param divergence mean Kullback-Leibler divergence from f32, in nats
   * @param agreement share of positions at which the likeliest token is that of f32, 0 to 1
   * @param loadMillis from reading the files until the weights are packed
   */
  public record Result(
      Precision precision,
      int positions,
      double perplexity,
      double divergence,
      double agreement,
      long loadMillis) {}

  private QualityBench(int[] tokens, int vocabulary) {
    this.tokens = tokens;
    this.vocabulary = vocabulary;
  }

  /**
   * Measures f32 and these precisions, one after the other, and prints a table.
   *
   * @param model a Hugging Face folder or a GGUF file
   * @param text in UTF-8, one that the model was not trained on
   * @param most tokens of the text
   * @throws IllegalArgumentException when fewer than two tokens are asked for, or the text has them
   */
  public static List<Result> run(
      Path model, List<Precision> precisions, Path text, int most, int threads, PrintStream out)
      throws IOException {
    if (most < 2) {
      throw new IllegalArgumentException("tokens: " + most + " (expected: >= 2)");
    }
    Path kept = Files.createTempFile("anyserve-logits", ".f32");
    try (FileChannel file =
        FileChannel.open(kept, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return run(model, precisions, text, most, threads, out, file);
    } finally {
      Files.deleteIfExists(kept);
    }
  }

  private static List<Result> run(
      Path model,
      List<Precision> precisions,
      Path text,
      int most,
      int threads,
      PrintStream out,
      FileChannel kept)
      throws IOException {
    List<Precision> all = new ArrayList<>(List.of(Precision.F32));
    precisions.stream().filter(one -> one != Precision.F32).forEach(all::add);
    out.printf(ROW, "PRECISION", "PERPLEXITY", "DIVERGENCE", "TOP-1", "LOAD MS");
    List<Result> results = new ArrayList<>();
    for (Precision precision : all) {
      PrecisionChoice.Outcome outcome = PrecisionChoice.check(precision, threads);
      if (outcome instanceof PrecisionChoice.Outcome.Right) {
        results.add(measure(model, precision, text, most, threads, kept));
        show(results.getLast(), out);
      } else {
        out.printf("%-12s %s%n", precision.text(), outcome);
      }
    }
    return results;
  }

  private static void show(Result result, PrintStream out) {
    out.printf(
        ROW,
        result.precision.text(),
        String.format(Locale.ROOT, "%.4f", result.perplexity),
        String.format(Locale.ROOT, "%.6f", result.divergence),
        String.format(Locale.ROOT, "%.4f", result.agreement),
        result.loadMillis);
  }

  private static Result measure(
      Path model, Precision precision, Path text, int most, int threads, FileChannel kept)
      throws IOException {
    long start = System.nanoTime();
    var options = new TorchModel.Options(precision, 1, WINDOW, threads);
    try (TorchModel loaded = TorchModel.load(model, options)) {
      long took = (System.nanoTime() - start) / 1_000_000;
      int[] tokens = tokens(loaded, text, most);
      var bench = new QualityBench(tokens, loaded.files().config().vocabulary());
      return bench.compare(loaded.decoder(), precision, took, kept);
    }
  }

  private static int[] tokens(TorchModel model, Path text, int most) throws IOException {
    int[] all = model.prompts().encode(new Payload.Text(Files.readString(text)), Integer.MAX_VALUE);
    if (all.length < 2) {
      throw new IllegalArgumentException(
          "text: %d tokens in %s (expected: >= 2)".formatted(all.length, text));
    }
    return Arrays.copyOf(all, Math.min(all.length, most));
  }

  /** In f32 the logits are kept; later they are what others are compared with. */
  private Result compare(Decoder decoder, Precision precision, long loadMillis, FileChannel kept)
      throws IOException {
    var sums = new Sums();
    int window = decoder.cache().slotLength();
    for (int start = 0; start < tokens.length; start += window) {
      int end = Math.min(tokens.length, start + window);
      for (int from = start; from < end; from += KvCacheConfig.PAGE) {
        int to = Math.min(end, from + KvCacheConfig.PAGE);
        float[] logits = decoder.logits(0, from - start, Arrays.copyOfRange(tokens, from, to));
        FloatBuffer reference = mapped(kept, from, to - from);
        if (precision == Precision.F32) {
          reference.put(0, logits);
        }
        int predicting = Math.min(to, end - 1) - from;
        sums.add(logits, reference, Arrays.copyOfRange(tokens, from + 1, from + 1 + predicting));
      }
    }
    return sums.result(precision, loadMillis);
  }

  private FloatBuffer mapped(FileChannel kept, int token, int count) throws IOException {
    long row = (long) vocabulary * Float.BYTES;
    return kept.map(MapMode.READ_WRITE, token * row, count * row)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /** Over all positions that predict a token of the text. */
  private final class Sums {

    private int positions;
    private double surprise;
    private double divergence;
    private int agreed;

    /** Rows of logits, those in f32, and the tokens that followed the first of them. */
    void add(float[] logits, FloatBuffer reference, int[] followed) {
      float[] right = new float[vocabulary];
      for (int i = 0; i < followed.length; i++) {
        float[] row = Arrays.copyOfRange(logits, i * vocabulary, (i + 1) * vocabulary);
        reference.get(i * vocabulary, right);
        add(row, right, followed[i]);
      }
    }

    private void add(float[] row, float[] right, int followed) {
      double total = logOfSum(row);
      double rightTotal = logOfSum(right);
      double difference = 0;
      for (int i = 0; i < vocabulary; i++) {
        double expected = right[i] - rightTotal;
        difference += Math.exp(expected) * (expected - (row[i] - total));
      }
      positions++;
      surprise += total - row[followed];
      divergence += Math.max(0, difference);
      agreed += likeliest(row) == likeliest(right) ? 1 : 0;
    }

    Result result(Precision precision, long loadMillis) {
      return new Result(
          precision,
          positions,
          Math.exp(surprise / positions),
          divergence / positions,
          (double) agreed / positions,
          loadMillis);
    }
  }

  private static double logOfSum(float[] logits) {
    float largest = logits[likeliest(logits)];
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - largest);
    }
    return largest + Math.log(sum);
  }

  private static int likeliest(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }
}
