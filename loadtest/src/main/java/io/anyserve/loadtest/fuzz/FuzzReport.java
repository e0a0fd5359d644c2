package io.anyserve.loadtest.fuzz;

import java.util.List;

/**
 * What a fuzz run found.
 *
 * @param hostile records written
 * @param good requests, each of which was to have one result
 * @param findings what went wrong; empty when nothing did
 */
public record FuzzReport(long seed, int hostile, int good, List<String> findings) {

  public FuzzReport {
    findings = List.copyOf(findings);
  }

  public boolean clean() {
    return findings.isEmpty();
  }
}
