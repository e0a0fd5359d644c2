package io.anyserve.loadtest.faults.site;

/** How many processes of each service. */
public record SiteSize(int ingresses, int routers, int metering, int workers) {

  public static final SiteSize WHOLE = new SiteSize(2, 2, 2, 3);
  public static final SiteSize SMALL = new SiteSize(2, 1, 1, 2);

  public SiteSize {
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
