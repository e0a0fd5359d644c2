package io.anyserve.training;

import java.nio.file.Path;

/** What the command line of a training run says. */
record TrainingOptions(Path out, int steps, long seed, int threads) {

  static final String USAGE =
      "usage: TrainStoryModel --out DIR [--steps N] [--seed S] [--threads T]";

  private static final int STEPS = 2000;
  private static final long SEED = 7;
  private static final int THREADS = 2;

  TrainingOptions {
    if (steps < 1) {
      throw new IllegalArgumentException("--steps: " + steps + " (expected: >= 1)");
    }
    if (threads < 1) {
      throw new IllegalArgumentException("--threads: " + threads + " (expected: >= 1)");
    }
  }

  static TrainingOptions parse(String... args) {
    String out = null;
    int steps = STEPS;
    long seed = SEED;
    int threads = THREADS;
    for (int i = 0; i < args.length; i += 2) {
      if (i + 1 == args.length) {
        throw new IllegalArgumentException(args[i] + ": nothing (expected: a value)");
      }
      String value = args[i + 1];
      switch (args[i]) {
        case "--out" -> out = value;
        case "--steps" -> steps = Math.toIntExact(number(args[i], value));
        case "--seed" -> seed = number(args[i], value);
        case "--threads" -> threads = Math.toIntExact(number(args[i], value));
        default -> throw new IllegalArgumentException(args[i] + " (expected: a known option)");
      }
    }
    if (out == null) {
      throw new IllegalArgumentException("--out: nothing (expected: a folder)");
    }
    return new TrainingOptions(Path.of(out), steps, seed, threads);
  }

  private static long number(String name, String value) {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: a number)", e);
    }
  }
}
