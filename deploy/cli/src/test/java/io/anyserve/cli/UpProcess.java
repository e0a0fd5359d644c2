package io.anyserve.cli;

import io.anyserve.standalone.RunningServices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** {@code anyserve up} in a process of its own, as the launcher starts it. */
public record UpProcess(Process process, Path out) implements AutoCloseable {

  private static final List<String> JVM =
      List.of(
          "-Xmx1g",
          "-XX:+UseParallelGC",
          "-XX:TieredStopAtLevel=1",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Dai.djl.offline=true",
          "-Danyserve.home=../..",
          "-Dlogback.configurationFile=logback.xml"); // not that of the tests

  /**
   * Returns when it says that it is ready.
   *
   * @param arguments from {@code up} on
   * @param folder of what it prints and logs
   */
  public static UpProcess start(List<String> arguments, Path folder) throws IOException {
    return start(arguments, folder, Map.of());
  }

  /**
   * As the other.
   *
   * @param settings variables beside those of this process
   */
  public static UpProcess start(List<String> arguments, Path folder, Map<String, String> settings)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(AnyServe.class.getName());
    command.addAll(arguments);
    Path out = folder.resolve("out");
    Path log = folder.resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(log.toFile());
    builder.environment().putAll(settings);
    UpProcess up = new UpProcess(builder.start(), out);
    try {
      Awaitility.await()
          .atMost(RunningServices.PATIENCE)
          .until(() -> up.isReady() || !up.process.isAlive());
    } catch (RuntimeException e) {
      up.process.destroyForcibly();
      throw new IllegalStateException("not ready: " + Files.readString(log), e);
    }
    if (!up.isReady()) {
      throw new IllegalStateException("ended early: " + Files.readString(log));
    }
    return up;
  }

  private boolean isReady() {
    String printed = printed();
    return printed.contains("AnyServe is ready") && printed.endsWith(System.lineSeparator());
  }

  /** On its standard output, so far. */
  public String printed() {
    try {
      return Files.readString(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(RunningServices.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
