package io.anyserve.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The short form of the fuzz: a few thousand hostile records. */
final class FuzzIT {

  @Test
  void noRecordHarmsTheServices() throws Exception {
    Said said = Said.by("fuzz", "--records", "5000", "--seed", "1");

    assertEquals(0, said.exitCode(), said.out() + said.err());
    assertTrue(said.out().contains("CLEAN"), said.out());
  }
}
