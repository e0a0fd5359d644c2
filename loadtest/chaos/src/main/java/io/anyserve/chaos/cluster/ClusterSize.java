package io.anyserve.chaos.cluster;

/**
 * How many processes of each service.
 *
 * @param brokers one, or several that hold each record in common
 */
public record ClusterSize(int brokers, int ingresses, int routers, int metering, int workers) {

  public static final ClusterSize WHOLE = new ClusterSize(1, 2, 2, 2, 3);
  public static final ClusterSize SMALL = new ClusterSize(1, 2, 1, 1, 2);

  public ClusterSize {
    require("brokers", brokers);
    require("ingresses", ingresses);
    require("routers", routers);
    require("metering", metering);
    require("workers", workers);
  }

  public ClusterSize withBrokers(int number) {
    return new ClusterSize(number, ingresses, routers, metering, workers);
  }

  private static void require(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
    }
  }
}
