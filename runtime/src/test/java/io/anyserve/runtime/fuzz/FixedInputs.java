package io.anyserve.runtime.fuzz;

import java.util.HexFormat;
import java.util.Random;

/** Inputs for a fuzz target that are the same in each run: a short run without a fuzzer. */
public final class FixedInputs {

  private static final long SEED = 20_261_129;

  private FixedInputs() {}

  /** What is fuzzed. */
  public interface Target {
    void read(byte[] input) throws Exception;
  }

  /**
   * Has the target read that many inputs.
   *
   * @param longest bytes of an input
   */
  public static void feed(Target target, int inputs, int longest) {
    var random = new Random(SEED);
    for (int i = 0; i < inputs; i++) {
      byte[] input = new byte[random.nextInt(longest + 1)];
      random.nextBytes(input);
      feed(target, input);
    }
  }

  private static void feed(Target target, byte[] input) {
    try {
      target.read(input);
    } catch (Exception | AssertionError e) {
      throw new AssertionError("input " + HexFormat.of().formatHex(input), e);
    }
  }
}
