package io.anyserve.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.chaos.cluster.FreePorts;
import io.anyserve.standalone.RunningServices;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the process itself logs, as an operator sees it. */
final class ProcessLogIT {

  private static final int PORTS = 8;

  @TempDir static Path folder;

  @Test
  void twoStartsAndStopsLogNoError() throws Exception {
    int port = new FreePorts().row(PORTS);
    for (String life : List.of("first", "second")) {
      Path log = folder.resolve(life + ".log");
      Process process = start(port, log);
      try {
        awaitReady(process, log);
        process.destroy();
        assertTrue(process.waitFor(RunningServices.PATIENCE.toSeconds(), TimeUnit.SECONDS), life);
      } finally {
        process.destroyForcibly();
      }
      assertEquals(List.of(), lines(log, " ERROR "), life);
      assertNotEquals(List.of(), lines(log, " INFO "), life);
    }
  }

  private static Process start(int port, Path log) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-Xmx512m", "--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("--sun-misc-unsafe-memory-access=allow", "-cp", productClassPath()));
    command.add(AnyServe.class.getName());
    command.addAll(List.of("up", "--simulated", "--port", Integer.toString(port)));
    command.addAll(List.of("--data", folder.resolve("data").toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  private static void awaitReady(Process process, Path log) {
    Awaitility.await()
        .atMost(RunningServices.PATIENCE)
        .until(() -> !process.isAlive() || Files.readString(log).contains("AnyServe is ready"));
    assertTrue(process.isAlive(), () -> "ended early, see " + log);
  }

  private static List<String> lines(Path log, String level) throws IOException {
    return Files.readAllLines(log).stream().filter(line -> line.contains(level)).toList();
  }

  /** That of {@code ./anyserve}, without what only the tests bring along. */
  private static String productClassPath() throws IOException {
    Path target = Path.of("target");
    return target.resolve("classes")
        + File.pathSeparator
        + Files.readString(target.resolve("dependencies")).strip();
  }
}
