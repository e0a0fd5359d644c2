package io.anyserve.worker.torch;

import io.anyserve.worker.torch.precision.Precision;
import io.anyserve.worker.torch.precision.PrecisionChoice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A JVM whose libtorch is told that the processor can do less: prints the choice of precision, and
 * how far the shipped model's logits in it, and in int8 where that is right, are from those in f32.
 */
final class CappedProcess {

  private static final Path SHIPPED = Path.of("models", "story");
  private static final int[] PROMPT = {5, 60, 200, 31, 77, 140, 9};

  private CappedProcess() {}

  public static void main(String[] args) {
    PrecisionChoice choice = PrecisionChoice.ofThisMachine(2);
    System.out.println("chosen=" + choice.chosen());
    System.out.println("summary=" + choice.summary());
    PrecisionChoice.Outcome int8 = PrecisionChoice.check(Precision.INT8, 2);
    System.out.println("int8=" + int8);
    float[] reference = logits(Precision.F32);
    System.out.println("chosen off=" + LogitDistance.of(reference, logits(choice.chosen())).mean());
    if (int8 instanceof PrecisionChoice.Outcome.Right) {
      System.out.println("int8 off=" + LogitDistance.of(reference, logits(Precision.INT8)).mean());
    }
  }

  private static float[] logits(Precision precision) {
    try (Loaded loaded = new Loaded(SHIPPED, precision)) {
      return loaded.decoder().logits(0, 0, PROMPT);
    }
  }

  /**
   * The lines that a process with these variables prints, by what stands before the equals sign.
   */
  static Map<String, String> run(Map<String, String> environment)
      throws IOException, InterruptedException {
    var builder =
        new ProcessBuilder(
            System.getProperty("java.home") + "/bin/java",
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            CappedProcess.class.getName());
    builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
    builder.environment().putAll(environment);
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("exit code: " + process.exitValue() + " (expected: 0): " + output);
    }
    return values(output);
  }

  private static Map<String, String> values(String output) {
    return output
        .lines()
        .map(line -> line.split("=", 2))
        .filter(pair -> pair.length == 2)
        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
  }
}
