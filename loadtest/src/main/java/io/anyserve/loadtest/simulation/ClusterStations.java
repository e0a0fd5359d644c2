package io.anyserve.loadtest.simulation;

import io.anyserve.loadtest.capacity.ServiceCosts;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** The processes that serve requests and tokens, by kind. */
final class ClusterStations {

  /** Heartbeats come evenly; so many nanoseconds of them are served at once. */
  static final long HEARTBEAT_TICK = Duration.ofMillis(50).toNanos();

  private static final double HEARTBEATS_PER_SECOND = 2;
  private static final double NANOS_PER_SECOND = 1e9;

  final List<ServiceStation> ingresses;
  final List<ServiceStation> routers;
  final List<ServiceStation> metering;
  final List<ServiceStation> brokers;
  private final ServiceCosts costs;
  private final int workers;

  ClusterStations(ClusterModel model) {
    ClusterModel.Processes processes = model.processes();
    this.ingresses = stations(processes.ingresses(), processes.cores());
    this.routers = stations(processes.routers(), processes.cores());
    this.metering = stations(processes.metering(), processes.cores());
    this.brokers = stations(processes.brokers(), processes.cores());
    this.costs = model.times().costs();
    this.workers = model.workers().count();
  }

  private static List<ServiceStation> stations(int count, int servers) {
    return IntStream.range(0, count).mapToObj(_ -> new ServiceStation(servers)).toList();
  }

  ServiceStation ingress(int number) {
    return ingresses.get(number);
  }

  /** Routers and metering instances share the partitions of {@code tokens} among them. */
  ServiceStation router(int tokenPartition) {
    return routers.get(tokenPartition % routers.size());
  }

  ServiceStation metering(int tokenPartition) {
    return metering.get(tokenPartition % metering.size());
  }

  ServiceStation brokerOfTokens(int partition) {
    return brokers.get(partition % brokers.size());
  }

  /** Not the broker of the first partitions of {@code tokens}, where there are others. */
  ServiceStation brokerOfRequests(int partition) {
    return brokers.get(brokers.size() - 1 - partition % brokers.size());
  }

  /** What all workers say in a {@link #HEARTBEAT_TICK}. */
  void heartbeats(long now) {
    double count = workers * HEARTBEATS_PER_SECOND * HEARTBEAT_TICK / NANOS_PER_SECOND;
    ingresses.forEach(one -> one.serve(now, cost(count, costs.heartbeat())));
    routers.forEach(one -> one.serve(now, cost(count, costs.heartbeat())));
    double reads = count * (1 + ingresses.size() + routers.size());
    brokers.getFirst().serve(now, cost(reads, costs.heartbeat()));
  }

  /** Every worker reads it. */
  void cancellation(long now) {
    brokers.getFirst().serve(now, cost(workers, costs.heartbeat()));
  }

  private static long cost(double count, double micros) {
    return ModelCluster.nanos(count * micros);
  }
}
