package io.anyserve.loadtest.simulation;

import io.anyserve.loadtest.report.ProcessReport;
import io.anyserve.loadtest.report.ProcessReport.ProcessSample;
import java.util.ArrayList;
import java.util.List;

/** How much the parts of the model have to do, in the windows of a run and altogether. */
final class ClusterSamples {

  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MICRO = 1e3;
  private static final String INGRESS = "ingress";
  private static final String BROKER = "broker";

  private final List<Kind> kinds;
  private final List<ModelRequestPartition> partitions;
  private final List<ModelWorker> workers;
  private final int slots;
  private double slotNanos;
  private double second;
  private List<Utilisation> utilisations = List.of();

  /** Parts that are alike. */
  private static final class Kind {

    private final String name;
    private final List<ServiceStation> stations;
    private final List<ProcessSample> samples = new ArrayList<>();
    private double before;

    Kind(String name, List<ServiceStation> stations) {
      this.name = name;
      this.stations = List.copyOf(stations);
    }

    void begin() {
      stations.forEach(ServiceStation::reset);
      before = 0;
    }

    void sample(double now, double seconds, double queued, double inFlight) {
      double busy = stations.stream().mapToDouble(ServiceStation::busy).sum();
      double cores = (busy - before) / (seconds * NANOS_PER_SECOND);
      before = busy;
      samples.add(
          new ProcessSample(
              now,
              cores,
              Double.NaN,
              name.equals(BROKER) ? queued : Double.NaN,
              name.equals(INGRESS) ? inFlight : Double.NaN));
    }

    ProcessReport report() {
      return new ProcessReport("model:" + name.replace(' ', '-'), samples);
    }

    Utilisation utilisation(double nanos) {
      double[] shares =
          stations.stream()
              .mapToDouble(station -> station.busy() / (nanos * station.servers()))
              .toArray();
      double sum = 0;
      double most = 0;
      for (double share : shares) {
        sum += share;
        most = Math.max(most, share);
      }
      long wait = stations.stream().mapToLong(ServiceStation::longestWait).max().orElse(0);
      return new Utilisation(
          name, shares.length, sum / shares.length, most, wait / NANOS_PER_MICRO);
    }
  }

  ClusterSamples(
      ClusterStations stations,
      List<ModelRequestPartition> partitions,
      List<ModelWorker> workers,
      int slots) {
    this.partitions = partitions;
    this.workers = workers;
    this.slots = slots;
    this.kinds =
        List.of(
            new Kind(INGRESS, stations.ingresses),
            new Kind(BROKER, stations.brokers),
            new Kind("router", stations.routers),
            new Kind("metering", stations.metering),
            new Kind(
                "acquisition",
                partitions.stream().map(ModelRequestPartition::acquisition).toList()));
  }

  /** At second 0 it forgets what was before. */
  void sample(double now) {
    double used = workers.stream().mapToDouble(ModelWorker::takeSlotNanos).sum();
    if (now <= 0) {
      kinds.forEach(Kind::begin);
      slotNanos = 0;
      return;
    }
    slotNanos += used;
    double queued = partitions.stream().mapToInt(ModelRequestPartition::queued).sum();
    double running = workers.stream().mapToInt(ModelWorker::running).sum();
    kinds.forEach(kind -> kind.sample(now, now - second, queued, queued + running));
    second = now;
    utilisations = measured();
  }

  List<ProcessReport> reports() {
    return kinds.stream().map(Kind::report).toList();
  }

  /** Until the last sample: the last answers come when nothing is sent any more. */
  List<Utilisation> utilisations() {
    return utilisations;
  }

  private List<Utilisation> measured() {
    double nanos = second * NANOS_PER_SECOND;
    double share = slotNanos / (nanos * slots * workers.size());
    List<Utilisation> all = new ArrayList<>();
    all.add(new Utilisation("slots", workers.size() * slots, share, share, 0));
    kinds.forEach(kind -> all.add(kind.utilisation(nanos)));
    return List.copyOf(all);
  }
}
