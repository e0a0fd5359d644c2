package io.anyserve.worker.torch;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.anyserve.contracts.Sampling;
import io.anyserve.worker.torch.Decoder.Row;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Tokens per second of a Qwen2.5-0.5B-shaped decoder with random weights: what the engine alone can
 * do on a machine.
 *
 * <p>Decoding runs ragged batches of contexts around 300; a figure is the median step. Needs about
 * 2 GB of native memory and, for a moment, as much again.
 */
public final class EngineBench {

  private static final ModelConfig SHAPE = ModelConfig.qwen2HalfBillion();
  private static final CacheSize CACHE = new CacheSize(8, 1024);
  private static final int CONTEXT = 300;
  private static final int PROMPT = 512;
  private static final int WARM_UP = 3;
  private static final int PREFILLS = 4;

  private final Decoder decoder;
  private final int steps;

  /**
   * What was measured.
   *
   * @param batch1 tokens per second of one sequence
   * @param batch8 of eight sequences together
   * @param sampled8 the same, every sequence drawing with temperature, top-k and top-p
   * @param prefill prompt tokens per second, the best of a few prompts of 512
   */
  public record Result(
      Precision precision,
      int threads,
      double batch1,
      double batch8,
      double sampled8,
      double prefill) {}

  private EngineBench(Decoder decoder, int steps) {
    this.decoder = decoder;
    this.steps = steps;
  }

  /** Runs on the calling thread for a minute or so and prints a table. */
  public static Result run(Precision precision, int threads, int steps, PrintStream out) {
    try (PtNDManager manager = LibTorch.claimThread(threads)) {
      out.printf("Qwen2.5-0.5B shape, random weights, %s, %d threads%n", precision, threads);
      TensorSource weights = name -> random(manager, name);
      try (Decoder decoder = Decoder.load(manager, SHAPE, precision, CACHE, weights)) {
        return new EngineBench(decoder, steps).run(precision, threads, out);
      }
    }
  }

  private Result run(Precision precision, int threads, PrintStream out) {
    double batch1 = decode(out, "decode, batch 1", 1, Sampling.GREEDY);
    double batch8 = decode(out, "decode, batch 8", 8, Sampling.GREEDY);
    double sampled8 = decode(out, "decode, batch 8, sampled", 8, new Sampling(0.8, 0.95, 50, 1));
    return new Result(precision, threads, batch1, batch8, sampled8, prefill(out));
  }

  private double decode(PrintStream out, String name, int batch, Sampling sampling) {
    List<Row> rows = new ArrayList<>();
    var random = new Random(1);
    for (int slot = 0; slot < batch; slot++) {
      int position = batch == 1 ? CONTEXT : CONTEXT / 2 + random.nextInt(CONTEXT / 2);
      decoder.fill(slot, 0, random.ints(position, 0, SHAPE.vocabulary()).toArray());
      rows.add(new Row(slot, position, random.nextInt(SHAPE.vocabulary()), sampling));
    }
    long[] nanos = new long[steps];
    for (int step = -WARM_UP; step < steps; step++) {
      long start = System.nanoTime();
      int[] tokens = decoder.decode(rows);
      if (step >= 0) {
        nanos[step] = System.nanoTime() - start;
      }
      rows.replaceAll(row -> new Row(row.slot(), row.position() + 1, tokens[row.slot()], sampling));
    }
    Arrays.sort(nanos);
    return printed(out, name, batch, nanos[steps / 2]);
  }

  private double prefill(PrintStream out) {
    int[] prompt = new Random(2).ints(PROMPT, 0, SHAPE.vocabulary()).toArray();
    long best = Long.MAX_VALUE;
    for (int i = 0; i < PREFILLS; i++) {
      long start = System.nanoTime();
      decoder.prefill(0, 0, prompt, Sampling.GREEDY);
      best = Math.min(best, System.nanoTime() - start);
    }
    return printed(out, "prefill, 512 tokens", PROMPT, best);
  }

  private static double printed(PrintStream out, String name, int tokens, long nanos) {
    double perSecond = tokens * 1e9 / nanos;
    out.printf(Locale.ROOT, "%-26s %8.2f ms %9.1f tokens/s%n", name, nanos / 1e6, perSecond);
    return perSecond;
  }

  private static PtNDArray random(PtNDManager manager, TensorName name) {
    var shape = new Shape(name.dimensions());
    return name.name().endsWith("norm.weight")
        ? (PtNDArray) manager.ones(shape)
        : (PtNDArray) manager.randomNormal(0, 0.03f, shape, DataType.FLOAT32);
  }
}
