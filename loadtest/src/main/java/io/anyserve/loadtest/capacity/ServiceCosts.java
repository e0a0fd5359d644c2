package io.anyserve.loadtest.capacity;

/**
 * Processor time of each kind of process. Records of {@code tokens} are written by a worker, read
 * by one ingress, one router and one metering instance; the broker's costs are those of all of
 * that, with one replica.
 *
 * @param heartbeat of one reader of a worker's heartbeat, microseconds
 */
public record ServiceCosts(
    ProcessCosts ingress,
    ProcessCosts router,
    ProcessCosts worker,
    ProcessCosts metering,
    ProcessCosts broker,
    double heartbeat) {

  /** Of {@code ./anyserve bench costs}; docs/scaling.md says when and where. */
  public static final ServiceCosts MEASURED =
      new ServiceCosts(
          new ProcessCosts(150, 25, 10),
          new ProcessCosts(30, 15, 4),
          new ProcessCosts(150, 25, 5),
          new ProcessCosts(60, 20, 4),
          new ProcessCosts(250, 60, 1),
          5);
}
