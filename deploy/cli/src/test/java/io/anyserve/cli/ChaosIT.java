package io.anyserve.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The short form of the fault suite: services as processes, four faults, a few hundred requests.
 */
final class ChaosIT {

  @TempDir Path folder;

  @Test
  void nothingIsLostRepeatedWrongOrBilledTwice() throws Exception {
    Path json = folder.resolve("faults.json");
    Path html = folder.resolve("faults.html");

    Said said =
        Said.by(
            "chaos",
            "--small",
            "--requests",
            "250",
            "--rate",
            "15",
            "--only",
            "worker-kill,worker-stop,ingress-kill,malformed",
            "--json",
            json.toString(),
            "--html",
            html.toString());

    assertEquals(0, said.exitCode(), said.out() + said.err());
    assertTrue(said.out().contains("CLEAN"), said.out());
    JsonNode report = new JsonMapper().readTree(Files.readString(json));
    assertTrue(report.get("counts").get("accepted").asLong() >= 200, report.toString());
    assertTrue(report.get("rows").size() >= 4, report.toString());
    assertEquals(0, report.get("findings").size(), report.toString());
    assertTrue(Files.readString(html).contains("Nothing lost, repeated, wrong or drifted."));
  }
}
