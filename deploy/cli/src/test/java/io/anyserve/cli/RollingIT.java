package io.anyserve.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** An ingress and then a worker are restarted under streams; no client sees an error. */
final class RollingIT {

  @Test
  void streamsOutliveRestarts() throws Exception {
    Said said =
        Said.by(
            "bench",
            "rolling",
            "--small",
            "--only",
            "ingress-1,worker-1",
            "--streams",
            "12",
            "--tokens",
            "60",
            "--rate",
            "20",
            "--drain",
            "500ms",
            "--settle",
            "500ms",
            "--most-gap",
            "30s");

    assertEquals(0, said.exitCode(), said.out() + said.err());
    assertTrue(said.out().contains("no client saw an error"), said.out());
    assertTrue(said.out().contains("0 findings"), said.out());
  }
}
