package io.anyserve.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.standalone.RunningServices;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators tell a worker, and what it does. */
final class WorkerCommandIT {

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init") // before every test
  private static RunningServices services;

  @BeforeAll
  static void start() throws Exception {
    services = RunningServices.simulated(folder.resolve("data"));
  }

  @AfterAll
  static void stop() {
    services.close();
  }

  @Test
  void aWorkerUnloadsLoadsAndDrains() {
    assertRefusedNamingWhatThereIs();
    assertDone(tell("load", "worker-1", "echo"));
    Awaitility.await().atMost(RunningServices.PATIENCE).until(() -> row().contains(" yes "));
    assertDone(tell("unload", "worker-1", "echo"));
    Awaitility.await().atMost(RunningServices.PATIENCE).until(() -> row().contains(" no "));
    assertDone(tell("drain", "worker-1"));
    Awaitility.await().atMost(RunningServices.PATIENCE).until(() -> row().isEmpty());
  }

  private static void assertRefusedNamingWhatThereIs() {
    Said worker = tell("drain", "worker-9");
    assertEquals(2, worker.exitCode());
    assertTrue(worker.err().contains("worker: worker-9 (expected: worker-1)"), worker.err());
    Said capability = tell("load", "worker-1", "poem");
    assertEquals(2, capability.exitCode());
    assertTrue(capability.err().contains("capability: poem (expected: "), capability.err());
  }

  private static void assertDone(Said said) {
    assertEquals(0, said.exitCode(), said.err());
  }

  /** Of the capability echo among the workers that take work; empty when none does. */
  private static String row() {
    return Said.by("workers", "--server", services.server())
        .out()
        .lines()
        .filter(row -> row.contains(" echo "))
        .findFirst()
        .orElse("");
  }

  private static Said tell(String... arguments) {
    List<String> all = new ArrayList<>(List.of("worker"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--server", services.server(), "--kafka", services.bootstrapServers()));
    return Said.by(all.toArray(String[]::new));
  }
}
