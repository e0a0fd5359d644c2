package io.anyserve.cli.bench;

import io.anyserve.chaos.cluster.ChaosCluster;
import io.anyserve.chaos.cluster.ServiceProcess;
import io.anyserve.contracts.topic.TopicNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Reads what the processes of a cluster have taken so far. */
record CostProbe(ChaosCluster cluster, Admin admin) {

  private static final double NANOS_PER_MICRO = 1e3;
  private static final String INGRESS_WRITES = "ingress writes";
  private static final String WRITTEN = "wchar:";

  /**
   * At one moment.
   *
   * @param nanos of the clock
   * @param micros of processor time by kind of process
   * @param bytes by topic
   */
  record Reading(
      long nanos, double records, Map<String, Double> micros, Map<String, Double> bytes) {

    /** Microseconds that idleness takes, by kind, each second. */
    Map<String, Double> idleSince(Reading before) {
      double seconds = secondsSince(before);
      Map<String, Double> idle = new HashMap<>();
      micros.forEach(
          (kind, all) -> idle.put(kind, (all - before.micros.getOrDefault(kind, 0.0)) / seconds));
      return idle;
    }

    double secondsSince(Reading before) {
      return (nanos - before.nanos) / 1e9;
    }

    /** By kind, without idleness. */
    Map<String, Double> microsSince(Reading before, Map<String, Double> idle) {
      double seconds = secondsSince(before);
      Map<String, Double> taken = new HashMap<>();
      micros.forEach(
          (kind, all) ->
              taken.put(
                  kind,
                  Math.max(
                      0,
                      all
                          - before.micros.getOrDefault(kind, 0.0)
                          - seconds * idle.getOrDefault(kind, 0.0))));
      return taken;
    }

    Map<String, Double> bytesSince(Reading before) {
      Map<String, Double> written = new HashMap<>();
      bytes.forEach(
          (topic, all) -> written.put(topic, all - before.bytes.getOrDefault(topic, 0.0)));
      return written;
    }
  }

  Reading read() throws IOException, InterruptedException {
    var parts = cluster.parts();
    try {
      return new Reading(
          System.nanoTime(),
          records(),
          Map.of(
              "broker", micros(parts.brokers()),
              "ingress", micros(parts.ingresses()),
              "router", micros(parts.routers()),
              "metering", micros(parts.metering()),
              "worker", micros(parts.workers())),
          bytes());
    } catch (ExecutionException e) {
      throw new IOException("the broker does not tell sizes: " + e.getCause(), e);
    }
  }

  private static double micros(List<ServiceProcess> processes) {
    return processes.stream()
        .mapToDouble(
            process ->
                ProcessHandle.of(process.pid())
                        .flatMap(handle -> handle.info().totalCpuDuration())
                        .orElse(Duration.ZERO)
                        .toNanos()
                    / NANOS_PER_MICRO)
        .sum();
  }

  private double records() throws ExecutionException, InterruptedException {
    TopicNames topics = cluster.topics();
    int partitions =
        admin
            .describeTopics(List.of(topics.tokens()))
            .allTopicNames()
            .get()
            .values()
            .iterator()
            .next()
            .partitions()
            .size();
    Map<TopicPartition, OffsetSpec> ends =
        IntStream.range(0, partitions)
            .mapToObj(partition -> new TopicPartition(topics.tokens(), partition))
            .collect(Collectors.toMap(partition -> partition, _ -> OffsetSpec.latest()));
    return admin.listOffsets(ends).all().get().values().stream()
        .mapToDouble(end -> end.offset())
        .sum();
  }

  /** To callers and to the brokers. */
  private double ingressWrites() throws IOException {
    double bytes = 0;
    for (ServiceProcess ingress : cluster.parts().ingresses()) {
      Path io = Path.of("/proc", Long.toString(ingress.pid()), "io");
      try (Stream<String> lines = Files.lines(io)) {
        bytes +=
            lines
                .filter(line -> line.startsWith(WRITTEN))
                .mapToDouble(line -> Double.parseDouble(line.substring(WRITTEN.length())))
                .sum();
      }
    }
    return bytes;
  }

  private Map<String, Double> bytes() throws IOException, ExecutionException, InterruptedException {
    int broker = admin.describeCluster().nodes().get().iterator().next().id();
    Map<String, Double> bytes = new HashMap<>();
    admin
        .describeLogDirs(List.of(broker))
        .allDescriptions()
        .get()
        .values()
        .forEach(
            folders ->
                folders
                    .values()
                    .forEach(
                        folder ->
                            folder
                                .replicaInfos()
                                .forEach(
                                    (partition, replica) ->
                                        bytes.merge(
                                            partition.topic(),
                                            (double) replica.size(),
                                            Double::sum))));
    bytes.put(INGRESS_WRITES, ingressWrites());
    return bytes;
  }
}
