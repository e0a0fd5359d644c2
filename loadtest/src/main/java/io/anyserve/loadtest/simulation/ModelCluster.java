package io.anyserve.loadtest.simulation;

import io.anyserve.loadtest.StreamProbe;
import io.anyserve.loadtest.capacity.ServiceCosts;
import io.anyserve.loadtest.report.ProcessReport;
import io.anyserve.loadtest.run.ServiceSampler;
import io.anyserve.loadtest.scenario.TargetKind;
import io.anyserve.loadtest.targets.LoadRequest;
import io.anyserve.loadtest.targets.LoadTarget;
import io.grpc.Status;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The whole service in virtual time: ingresses, brokers, routers, metering and workers. A request
 * goes the way of a real one; processes and brokers serve what reaches them one after the other,
 * for the processor time that was measured. One thread uses it.
 */
public final class ModelCluster implements LoadTarget, ServiceSampler {

  private static final double NANOS_PER_MICRO = 1_000;

  private final EventQueue time;
  private final ClusterModel model;
  private final boolean intake;
  private final ServiceCosts costs;
  private final long hop;
  private final ClusterStations stations;
  private final TokenDelivery delivery;
  private final List<ModelRequestPartition> partitions;
  private final List<ModelWorker> workers;
  private final ClusterSamples samples;
  private long sent;

  private ModelCluster(EventQueue time, ClusterModel model, boolean intake) {
    this.time = time;
    this.model = model;
    this.intake = intake;
    this.costs = model.times().costs();
    this.hop = model.times().hop().toNanos();
    this.stations = new ClusterStations(model);
    this.delivery = new TokenDelivery(time, model, stations, intake, this::republish);
    long acquisition = model.times().acquisition().toNanos();
    this.partitions =
        IntStream.range(0, model.partitions().requests())
            .mapToObj(_ -> new ModelRequestPartition(time, acquisition))
            .toList();
    this.workers =
        IntStream.range(0, model.workers().count())
            .mapToObj(i -> new ModelWorker(time, model, delivery, partitionsOf(i)))
            .toList();
    this.samples = new ClusterSamples(stations, partitions, workers, model.workers().slots());
  }

  /**
   * A cluster at work.
   *
   * @param kind submissions to Kafka go over a router, all others directly to the workers
   */
  public static ModelCluster start(EventQueue time, ClusterModel model, TargetKind kind) {
    ModelCluster cluster = new ModelCluster(time, model, kind == TargetKind.KAFKA);
    cluster.workers.forEach(ModelWorker::look);
    cluster.beat();
    model.faults().forEach(cluster::plan);
    return cluster;
  }

  /** As a share group spreads partitions: each worker has some, each partition has some. */
  private List<ModelRequestPartition> partitionsOf(int worker) {
    int count = model.workers().count();
    if (count >= partitions.size()) {
      return List.of(partitions.get(worker % partitions.size()));
    }
    return IntStream.range(0, partitions.size())
        .filter(partition -> partition % count == worker)
        .mapToObj(partitions::get)
        .toList();
  }

  private void plan(WorkerFault fault) {
    ModelWorker worker = workers.get(fault.worker() - 1);
    time.at(fault.at().toNanos(), worker::die);
    time.at(fault.at().plus(fault.away()).toNanos(), worker::revive);
  }

  /** Every ingress and every router reads every worker's heartbeats. */
  private void beat() {
    stations.heartbeats(time.nanos());
    time.after(ClusterStations.HEARTBEAT_TICK, this::beat);
  }

  @Override
  public void send(LoadRequest request, StreamProbe probe) {
    int ingress = Math.toIntExact(sent++ % model.processes().ingresses());
    if (!delivery.accept(ingress)) {
      probe.failed(
          Status.RESOURCE_EXHAUSTED.withDescription("requests in flight").asRuntimeException());
      return;
    }
    // As if each caller were a session of its own: the generator's few sessions would be uneven.
    int partition = Math.floorMod(Long.hashCode(request.seed()), partitions.size());
    ModelSequence sequence =
        new ModelSequence(probe, ingress, partition, tokens(request), request.answerTokens());
    long accepted =
        intake
            ? stations
                .router(ingress)
                .serve(time.nanos() + 2 * hop, nanos(costs.router().request()))
            : stations.ingress(ingress).serve(time.nanos() + hop, nanos(costs.ingress().request()));
    publish(sequence, accepted);
  }

  /** One word is one token. */
  private static int tokens(LoadRequest request) {
    return request.messages().stream()
        .mapToInt(message -> 1 + (int) message.content().chars().filter(c -> c == ' ').count())
        .sum();
  }

  private void publish(ModelSequence sequence, long at) {
    time.at(at + hop, () -> append(sequence));
  }

  private void append(ModelSequence sequence) {
    long written =
        stations
            .brokerOfRequests(sequence.partition)
            .serve(time.nanos(), nanos(costs.broker().request()));
    time.at(written, () -> partitions.get(sequence.partition).publish(sequence));
  }

  /** A router noticed that its worker is gone. */
  private void republish(ModelSequence sequence) {
    long read =
        stations.router(sequence.ingress).serve(time.nanos(), nanos(costs.router().request()));
    publish(sequence, read);
  }

  static long nanos(double micros) {
    return (long) (micros * NANOS_PER_MICRO);
  }

  @Override
  public void sample(double second) {
    samples.sample(second);
  }

  @Override
  public List<ProcessReport> reports() {
    return samples.reports();
  }

  /** What its parts had to do since the measured stretch began. */
  public List<Utilisation> utilisations() {
    return samples.utilisations();
  }

  /**
   * Requests without an end.
   *
   * @param inFlight accepted, whether or not they are measured
   * @param running of these, in engines
   * @param waiting of these, for a worker or for a slot
   */
  public record Rest(long inFlight, long running, long waiting) {}

  /** What has not ended by now. */
  public Rest atEnd() {
    long queued = partitions.stream().mapToLong(ModelRequestPartition::queued).sum();
    return new Rest(
        delivery.open(),
        workers.stream().mapToLong(ModelWorker::running).sum(),
        queued + workers.stream().mapToLong(ModelWorker::waiting).sum());
  }

  @Override
  public void close() {}
}
