package io.anyserve.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.loadtest.report.LoadReport;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code anyserve simulate} and {@code anyserve capacity}, which need no service. */
final class SimulateCommandTest {

  private static final String CHATS = "../../loadtest/scenarios/chat-poisson.toml";

  @Test
  void aSimulationReportsAsALoadRun(@TempDir Path folder) throws IOException {
    Path json = folder.resolve("simulated.json");

    Said said =
        Said.by("simulate", CHATS, "--workers", "3", "--slots", "16", "--json", json.toString());

    assertEquals(0, said.exitCode(), said.err());
    assertTrue(said.out().contains("first token  p50"), said.out());
    assertTrue(said.out().contains("acquisition"), said.out());
    LoadReport report = LoadReport.read(json);
    assertTrue(report.phases().getFirst().counts().finished() > 1_000);
    assertEquals(5, report.phases().getFirst().processes().size());
  }

  @Test
  void aSweepNamesWhatIsFull() {
    Said said =
        Said.by(
            "simulate",
            CHATS,
            "--workers",
            "2",
            "--slots",
            "4",
            "--duration",
            "20s",
            "--sweep",
            "0.5,5");

    assertEquals(0, said.exitCode(), said.err());
    assertTrue(said.out().lines().toList().getLast().endsWith("  slots"), said.out());
  }

  @Test
  void mistakesGiveTwo() {
    assertEquals(2, Said.by("simulate", CHATS, "--slots", "0").exitCode());
    assertEquals(2, Said.by("simulate", CHATS, "--kill-worker", "now").exitCode());
    assertEquals(2, Said.by("simulate", CHATS, "--step-ms", "9", "--validate").exitCode());
    assertEquals(2, Said.by("simulate", CHATS, "--set", "load.pattern=odd").exitCode());
    assertEquals(
        2,
        Said.by("simulate", "../../loadtest/scenarios/batch-beside-interactive.toml").exitCode());
    assertEquals(2, Said.by("capacity", "--gpus", "0").exitCode());
  }

  @Test
  void aPlanHasAColumnForEachNumberOfGpus() {
    Said said = Said.by("capacity", "--gpus", "1,100,10000");

    assertEquals(0, said.exitCode(), said.err());
    assertTrue(
        said.out().lines().findFirst().orElse("").matches("GPUs +1 +100 +10,000"), said.out());
    assertTrue(said.out().contains("10,000 GPUs: members of a share group"), said.out());
  }
}
