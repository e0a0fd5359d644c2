package io.anyserve.loadtest.capacity;

import java.util.Map;

/**
 * What one load took of the processes and of the disk.
 *
 * @param requests that were sent and answered
 * @param records of {@code tokens}
 * @param chunks in these records
 * @param micros of processor time by kind of process, beyond what idleness takes
 * @param bytes by topic, one replica
 */
public record CostSample(
    String load,
    double requests,
    double records,
    double chunks,
    Map<String, Double> micros,
    Map<String, Double> bytes) {

  public CostSample {
    micros = Map.copyOf(micros);
    bytes = Map.copyOf(bytes);
    if (!(requests > 0)) {
      throw new IllegalArgumentException("requests: " + requests + " (expected: > 0)");
    }
  }
}
