package io.anyserve.chaos.cluster;

/** How many processes of each service. */
public record ClusterSize(int ingresses, int routers, int metering, int workers) {

  public static final ClusterSize WHOLE = new ClusterSize(2, 2, 2, 3);
  public static final ClusterSize SMALL = new ClusterSize(2, 1, 1, 2);

  public ClusterSize {
    require("ingresses", ingresses);
    require("routers", routers);
    require("metering", metering);
    require("workers", workers);
  }

  private static void require(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
    }
  }
}
