package io.anyserve.worker.torch;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.anyserve.contracts.sampling.SamplingParams;
import io.anyserve.worker.torch.Decoder.Row;
import io.anyserve.worker.torch.cache.KvCacheConfig;
import io.anyserve.worker.torch.libtorch.LibTorch;
import io.anyserve.worker.torch.model.ModelConfig;
import io.anyserve.worker.torch.model.ModelMetadata;
import io.anyserve.worker.torch.model.TensorSource;
import io.anyserve.worker.torch.model.TensorSpec;
import io.anyserve.worker.torch.precision.Precision;
import io.anyserve.worker.torch.precision.PrecisionChoice;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Tokens per second of a decoder with random weights: what the engine alone can do on a machine, in
 * each precision that it runs.
 *
 * <p>Decoding runs ragged batches of contexts around 300; a figure is the median step. The shape of
 * Qwen2.5-0.5B needs about 2 GB of native memory, 4 GB for f32, and for a moment as much again.
 */
public final class EngineBench {

  private static final KvCacheConfig CACHE = new KvCacheConfig(32, 1152);
  private static final int CONTEXT = 300;
  private static final int PROMPT = 512;
  private static final int WARM_UP = 3;
  private static final int PREFILLS = 4;

  /** Tokens of a prompt, and of these those that an earlier one began with. */
  private static final int LONG_PROMPT = 1_030;

  private static final int SHARED = 1_000;
  private static final String ROW = "%-12s %9s %9s %9s %10s %9s %9s %9s  %s%n";

  private final Decoder decoder;
  private final int vocabulary;
  private final int steps;

  /**
   * A decoder to measure.
   *
   * @param name for the table
   */
  public record NamedShape(String name, ModelConfig config) {

    /** That of Qwen2.5-0.5B. */
    public static NamedShape standard() {
      return new NamedShape("Qwen2.5-0.5B shape", ModelConfig.qwen2HalfBillion());
    }

    /** That of a {@code config.json}. */
    public static NamedShape of(Path file) {
      return new NamedShape(file.toString(), ModelConfig.readFile(file));
    }

    /** That of a GGUF file or a Hugging Face folder. */
    public static NamedShape ofModel(Path model) {
      return new NamedShape(model.toString(), ModelMetadata.of(ModelFiles.decoder(model)).config());
    }
  }

  /**
   * What was measured.
   *
   * @param batch1 tokens per second of one sequence
   * @param batch8 of eight sequences together
   * @param batch32 of 32 sequences together
   * @param sampled8 of eight sequences, every sequence drawing with temperature, top-k and top-p
   * @param prefill prompt tokens per second, the best of a few prompts of 512
   * @param parts the same, of a prompt of 1,030 that is read in parts as beside other answers
   * @param shared how much sooner the first token of such a prompt comes where the first 1,000
   *     tokens are those of an earlier one
   */
  public record Result(
      Precision precision,
      int threads,
      double batch1,
      double batch8,
      double batch32,
      double sampled8,
      double prefill,
      double parts,
      double shared) {}

  private EngineBench(Decoder decoder, int vocabulary, int steps) {
    this.decoder = decoder;
    this.vocabulary = vocabulary;
    this.steps = steps;
  }

  /**
   * Runs on the calling thread, a minute or so for each precision, and prints a table.
   *
   * @param precisions those that the machine cannot run are rows that say why
   * @return what was measured, the others left out
   */
  public static List<Result> run(
      NamedShape shape, List<Precision> precisions, int threads, int steps, PrintStream out) {
    Precision chosen = PrecisionChoice.ofThisMachine(threads).chosen();
    out.printf("%s, random weights, %d threads, tokens/s%n", shape.name, threads);
    out.printf(
        ROW,
        "PRECISION",
        "BATCH 1",
        "BATCH 8",
        "BATCH 32",
        "SAMPLED 8",
        "PREFILL",
        "IN PARTS",
        "SHARED",
        "");
    List<Result> results = new ArrayList<>();
    for (Precision precision : precisions) {
      PrecisionChoice.Outcome outcome = PrecisionChoice.check(precision, threads);
      if (outcome instanceof PrecisionChoice.Outcome.Right) {
        Result result = measure(shape.config, precision, threads, steps);
        show(result, precision == chosen ? "chosen by auto" : "", out);
        results.add(result);
      } else {
        out.printf("%-12s %s%n", precision.text(), outcome);
      }
    }
    return results;
  }

  private static void show(Result result, String note, PrintStream out) {
    out.printf(
        ROW,
        result.precision.text(),
        rounded(result.batch1),
        rounded(result.batch8),
        rounded(result.batch32),
        rounded(result.sampled8),
        rounded(result.prefill),
        rounded(result.parts),
        rounded(result.shared) + "x",
        note);
  }

  private static String rounded(double figure) {
    return String.format(Locale.ROOT, "%.1f", figure);
  }

  private static Result measure(ModelConfig shape, Precision precision, int threads, int steps) {
    try (PtNDManager manager = LibTorch.claimThread(threads)) {
      TensorSource weights = name -> random(manager, name);
      try (Decoder decoder = Decoder.load(manager, shape, precision, CACHE, weights)) {
        return new EngineBench(decoder, shape.vocabulary(), steps).measure(precision, threads);
      }
    }
  }

  private Result measure(Precision precision, int threads) {
    double batch1 = decode(1, SamplingParams.GREEDY);
    double batch8 = decode(8, SamplingParams.GREEDY);
    double batch32 = decode(32, SamplingParams.GREEDY);
    double sampled8 = decode(8, new SamplingParams(0.8, 0.95, 50, 1));
    int[] prompt = new Random(3).ints(LONG_PROMPT, 0, vocabulary).toArray();
    long whole = best(() -> read(0, prompt, 0));
    int shared = SHARED - SHARED % TorchModel.PART;
    long behind =
        best(
            () -> {
              decoder.copy(0, 1, shared);
              read(1, prompt, shared);
            });
    return new Result(
        precision,
        threads,
        batch1,
        batch8,
        batch32,
        sampled8,
        prefill(),
        perSecond(LONG_PROMPT, whole),
        (double) whole / behind);
  }

  private double decode(int batch, SamplingParams sampling) {
    List<Row> rows = new ArrayList<>();
    var random = new Random(1);
    for (int slot = 0; slot < batch; slot++) {
      int position = batch == 1 ? CONTEXT : CONTEXT / 2 + random.nextInt(CONTEXT / 2);
      decoder.fill(slot, 0, random.ints(position, 0, vocabulary).toArray());
      rows.add(new Row(slot, position, random.nextInt(vocabulary), sampling));
    }
    long[] nanos = new long[steps];
    for (int step = -WARM_UP; step < steps; step++) {
      long start = System.nanoTime();
      List<NextToken> tokens = decoder.decode(rows);
      if (step >= 0) {
        nanos[step] = System.nanoTime() - start;
      }
      rows.replaceAll(
          row -> new Row(row.slot(), row.position() + 1, tokens.get(row.slot()).id(), sampling));
    }
    Arrays.sort(nanos);
    return perSecond(batch, nanos[steps / 2]);
  }

  private double prefill() {
    int[] prompt = new Random(2).ints(PROMPT, 0, vocabulary).toArray();
    var greedy = new TokenChoice(SamplingParams.GREEDY);
    return perSecond(PROMPT, best(() -> decoder.prefill(0, 0, prompt, greedy)));
  }

  /** Reads a prompt from that position on, in parts. */
  private void read(int slot, int[] prompt, int from) {
    int position = from;
    while (prompt.length - position > TorchModel.PART) {
      int end = position + TorchModel.PART;
      decoder.fill(slot, position, Arrays.copyOfRange(prompt, position, end));
      position = end;
    }
    int[] last = Arrays.copyOfRange(prompt, position, prompt.length);
    decoder.prefill(slot, position, last, new TokenChoice(SamplingParams.GREEDY));
  }

  /** Nanoseconds of the best of a few runs. */
  private static long best(Runnable run) {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < PREFILLS; i++) {
      long start = System.nanoTime();
      run.run();
      best = Math.min(best, System.nanoTime() - start);
    }
    return best;
  }

  private static double perSecond(int tokens, long nanos) {
    return tokens * 1e9 / nanos;
  }

  private static PtNDArray random(PtNDManager manager, TensorSpec name) {
    var shape = new Shape(name.dimensions());
    return name.name().endsWith("norm.weight")
        ? (PtNDArray) manager.ones(shape)
        : (PtNDArray) manager.randomNormal(0, 0.03f, shape, DataType.FLOAT32);
  }
}
