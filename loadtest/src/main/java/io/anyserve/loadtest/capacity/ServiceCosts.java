package io.anyserve.loadtest.capacity;

/**
 * Processor time of each kind of process. Records of {@code tokens} are written by a worker, read
 * by one ingress, one router and one metering instance; the broker's costs are those of all of
 * that, with one replica.
 *
 * @param heartbeat of one reader of a small record that many read, as a worker's heartbeat or a
 *     cancellation, and of the broker that hands it out, microseconds; assumed, not measured
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
          new ProcessCosts(456, 17, 7.4),
          new ProcessCosts(51, 5.3, 0),
          new ProcessCosts(102, 58, 0),
          new ProcessCosts(130, 5.8, 0.3),
          new ProcessCosts(616, 19, 0),
          5);
}
