package io.anyserve.worker.torch.precision;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The precisions of this machine, for tests. */
public final class MachinePrecisions {

  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");
  private static final int THREADS = 2;

  private MachinePrecisions() {}

  /** Those that it runs and gets right. */
  public static List<Precision> right() {
    return Arrays.stream(Precision.values())
        .filter(
            precision ->
                PrecisionChoice.check(precision, THREADS) instanceof PrecisionChoice.Outcome.Right)
        .toList();
  }

  /** Those of them in which a row keeps its numbers whatever other rows there are. */
  public static List<Precision> independent() {
    boolean bf16 = multipliesBf16();
    return right().stream()
        .filter(precision -> precision != Precision.BF16)
        .filter(precision -> precision != Precision.BF16_PACKED || bf16)
        .toList();
  }

  private static boolean multipliesBf16() {
    try {
      return Files.readString(PROCESSOR).contains("bf16");
    } catch (IOException e) {
      return false;
    }
  }
}
