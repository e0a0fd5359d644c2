package io.anyserve.loadtest.capacity;

/**
 * How much is asked of one process or machine.
 *
 * @param cores of each ingress, router, metering instance and broker
 * @param usable share of their processor time that is planned for
 * @param replication copies of every record
 * @param networkBytes that a broker sends or receives each second, as planned
 * @param limits of Kafka and of the settings
 */
public record SizingRules(
    int cores, double usable, int replication, double networkBytes, Limits limits) {

  /**
   * What may not be exceeded.
   *
   * @param inFlight requests that an ingress accepts at once
   * @param members of a share group: Kafka's default is 200, the most it allows 1,000
   * @param acquisitionMicros a partition of requests is busy with a poll
   * @param partitions of one broker
   * @param partitionBytes of one partition each second
   */
  public record Limits(
      int inFlight, int members, double acquisitionMicros, int partitions, double partitionBytes) {}

  /** Machines with 10 Gbit/s. */
  public static final SizingRules USUAL =
      new SizingRules(8, 0.5, 3, 600e6, new Limits(8_192, 1_000, 335, 4_000, 10e6));

  public SizingRules {
    if (cores < 1 || replication < 1) {
      throw new IllegalArgumentException(
          "cores, replication: %d, %d (expected: at least 1)".formatted(cores, replication));
    }
    if (!(usable > 0 && usable <= 1)) {
      throw new IllegalArgumentException("usable: " + usable + " (expected: above 0, at most 1)");
    }
  }

  /** Microseconds that a process may use each second. */
  double microsOfProcess() {
    return cores * usable * 1e6;
  }
}
