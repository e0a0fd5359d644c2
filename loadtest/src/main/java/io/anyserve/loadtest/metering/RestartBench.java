package io.anyserve.loadtest.metering;

import io.anyserve.contracts.codec.UsageAggregateCodec;
import io.anyserve.loadtest.HostInfo;
import io.anyserve.loadtest.metering.RestartReport.Restart;
import io.anyserve.runtime.kafka.PartitionRangeReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * Fills the stores of a metering service and kills it in the middle of its work, again and again.
 *
 * @param progress told what happens next
 */
public record RestartBench(RestartTarget target, Plan plan, Consumer<String> progress) {

  private static final Duration PATIENCE = Duration.ofMinutes(60);
  private static final long LOOK_NANOS = 100_000_000;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double MEBIBYTE = 1 << 20;

  /** Entries that are not counted yet when the process is killed. */
  private static final int AT_THE_KILL = 20_000;

  /**
   * How much to measure.
   *
   * @param entries of the ledger before the first kill
   * @param settings of Kafka, for the report
   */
  public record Plan(long entries, int kills, Map<String, String> settings) {

    public Plan {
      settings = Map.copyOf(settings);
      if (entries < 1) {
        throw new IllegalArgumentException("entries: " + entries + " (expected: >= 1)");
      }
      if (kills < 1) {
        throw new IllegalArgumentException("kills: " + kills + " (expected: >= 1)");
      }
    }
  }

  public RestartReport run() throws IOException, InterruptedException {
    try (Admin admin = target.kafka().newAdmin("bench-admin");
        LedgerWriter writer = new LedgerWriter(target.kafka(), target.topics())) {
      progress.accept("writing " + plan.entries() + " entries");
      long begin = System.nanoTime();
      writer.write(plan.entries());
      awaitHead(admin, writer.partitions());
      double filled = secondsSince(begin);
      double fillCpu = cpuSeconds();
      List<Restart> restarts = new ArrayList<>();
      for (int kill = 1; kill <= plan.kills(); kill++) {
        restarts.add(kill(admin, writer));
        progress.accept("restart " + kill + ": " + restarts.getLast());
      }
      return new RestartReport(
          Instant.now(),
          HostInfo.text(),
          plan.settings(),
          writer.written(),
          filled,
          fillCpu,
          restarts,
          counted());
    }
  }

  private Restart kill(Admin admin, LedgerWriter writer) throws IOException, InterruptedException {
    writer.write(AT_THE_KILL);
    double before = mebibytes(target.stores());
    long ready = target.kill().restart();
    long readyAt = System.nanoTime();
    awaitHead(admin, writer.partitions());
    double head = ready / NANOS_PER_SECOND + secondsSince(readyAt);
    return new Restart(
        ready / NANOS_PER_SECOND, head, cpuSeconds(), before, mebibytes(target.stores()));
  }

  /** Until the group has committed the end of every partition. */
  private void awaitHead(Admin admin, int partitions) throws IOException, InterruptedException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (!atHead(admin, partitions)) {
      if (System.nanoTime() > until) {
        throw new IOException("metering has not counted all entries within " + PATIENCE);
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private boolean atHead(Admin admin, int partitions) throws IOException, InterruptedException {
    try {
      Map<TopicPartition, OffsetAndMetadata> committed =
          admin.listConsumerGroupOffsets(target.group()).partitionsToOffsetAndMetadata().get();
      Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
      for (int partition = 0; partition < partitions; partition++) {
        latest.put(new TopicPartition(target.topics().usage(), partition), OffsetSpec.latest());
      }
      return admin.listOffsets(latest).all().get().entrySet().stream()
          .allMatch(end -> place(committed, end.getKey()) >= end.getValue().offset());
    } catch (ExecutionException e) {
      throw new IOException("the place of metering is not known", e);
    }
  }

  /** A partition without a record has no place either. */
  private static long place(
      Map<TopicPartition, OffsetAndMetadata> committed, TopicPartition partition) {
    OffsetAndMetadata place = committed.get(partition);
    return place == null ? 0 : place.offset();
  }

  private double cpuSeconds() {
    return ProcessHandle.of(target.pid().getAsLong())
        .flatMap(process -> process.info().totalCpuDuration())
        .map(spent -> spent.toNanos() / NANOS_PER_SECOND)
        .orElse(Double.NaN);
  }

  /** What the tenants' totals say, read committed. */
  private long counted() {
    Map<String, Long> tenants = new HashMap<>();
    String topic = target.topics().tenantUsage();
    KafkaConsumer<byte[], byte[]> consumer =
        target.kafka().newAssignedConsumer("bench-totals", IsolationLevel.READ_COMMITTED, Map.of());
    try (PartitionRangeReader range = new PartitionRangeReader(consumer)) {
      for (PartitionInfo info : consumer.partitionsFor(topic)) {
        var partition = new TopicPartition(topic, info.partition());
        range.read(
            partition,
            0,
            range.end(partition),
            record -> {
              var usage = UsageAggregateCodec.decodeTenant(record.value());
              tenants.put(usage.tenant().value(), usage.totals().finished());
            });
      }
    }
    return tenants.values().stream().mapToLong(Long::longValue).sum();
  }

  private static double secondsSince(long begin) {
    return (System.nanoTime() - begin) / NANOS_PER_SECOND;
  }

  /** Files come and go while a store is in use. */
  private static double mebibytes(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.mapToLong(RestartBench::size).sum() / MEBIBYTE;
    } catch (UncheckedIOException e) {
      return Double.NaN;
    }
  }

  private static long size(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.size(file) : 0;
    } catch (NoSuchFileException gone) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
