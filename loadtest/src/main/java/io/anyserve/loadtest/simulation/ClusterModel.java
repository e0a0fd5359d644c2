package io.anyserve.loadtest.simulation;

import io.anyserve.loadtest.capacity.ServiceCosts;
import java.time.Duration;
import java.util.List;

/**
 * A service as the simulation knows it.
 *
 * @param faults of workers, at times of their own
 */
public record ClusterModel(
    Workers workers,
    Processes processes,
    Partitions partitions,
    Times times,
    List<WorkerFault> faults) {

  public ClusterModel {
    faults = List.copyOf(faults);
    for (WorkerFault fault : faults) {
      if (fault.worker() > workers.count()) {
        throw new IllegalArgumentException(
            "worker that dies: %d (expected: 1 to %d)".formatted(fault.worker(), workers.count()));
      }
    }
  }

  /**
   * The workers, all alike.
   *
   * @param slots of each
   * @param coarseness tokens of a sequence that are simulated at once; 1 to be exact
   */
  public record Workers(int count, int slots, StepTimes steps, int coarseness) {

    public Workers {
      require("workers", count);
      require("slots", slots);
      require("coarseness", coarseness);
    }
  }

  /**
   * The other processes of each kind.
   *
   * @param cores of each of these processes
   * @param inFlight requests that an ingress accepts at once, as its setting {@code in-flight}
   */
  public record Processes(
      int ingresses, int routers, int metering, int brokers, int cores, int inFlight) {

    public Processes {
      require("ingresses", ingresses);
      require("routers", routers);
      require("metering", metering);
      require("brokers", brokers);
      require("cores", cores);
      require("in flight", inFlight);
    }
  }

  /**
   * How topics are cut; {@code tokens} has a partition for each ingress.
   *
   * @param requests of the topic of the capability; workers are spread over them
   */
  public record Partitions(int requests) {

    public Partitions {
      require("request partitions", requests);
    }
  }

  /**
   * What things take.
   *
   * @param hop from one process to the next, without their processor time
   * @param acquisition how long a partition of requests is busy with one poll of a worker
   * @param detection from a worker's death until a router publishes its requests again
   * @param commit of a router's results, which their readers wait for
   * @param grace that a request goes on when its caller has gone, as an ingress's setting {@code
   *     disconnect-grace}
   * @param costs processor time
   */
  public record Times(
      Duration hop,
      Duration acquisition,
      Duration detection,
      Duration commit,
      Duration grace,
      ServiceCosts costs) {

    /** Of a network within one building; the other times are those of the default settings. */
    public static final Times USUAL =
        new Times(
            Duration.ofNanos(100_000),
            Duration.ofNanos(335_000),
            Duration.ofMillis(150),
            Duration.ofMillis(100),
            Duration.ZERO,
            ServiceCosts.MEASURED);

    /** The same with another grace. */
    public Times withGrace(Duration other) {
      return new Times(hop, acquisition, detection, commit, other, costs);
    }
  }

  private static void require(String name, int count) {
    if (count < 1) {
      throw new IllegalArgumentException(name + ": " + count + " (expected: >= 1)");
    }
  }

  /** In words. */
  @Override
  public String toString() {
    return "simulated: %d workers with %d slots, %d ingresses, %d routers, %d metering, %d brokers"
        .formatted(
            workers.count(),
            workers.slots(),
            processes.ingresses(),
            processes.routers(),
            processes.metering(),
            processes.brokers());
  }
}
