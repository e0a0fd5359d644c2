package io.anyserve.standalone;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;

/** What is measured of the process itself, and which of Kafka's many metrics are kept. */
final class ProcessMetrics {

  private static final Path SELF = Path.of("/proc/self/status");
  private static final String RESIDENT = "VmRSS:";
  private static final double KIBIBYTE = 1024;
  private static final String KAFKA = "kafka.";

  /** Prometheus has seconds, not nanoseconds. */
  private static final String CPU_NANOS = "process.cpu.time";

  /** Kafka's own names; all others are dropped before they exist. */
  private static final Set<String> KEPT =
      Set.of(
          "kafka.consumer.fetch.manager.records.lag",
          "kafka.consumer.fetch.manager.records.lag.max",
          "kafka.consumer.fetch.manager.records.consumed.total",
          "kafka.consumer.fetch.manager.bytes.consumed.total",
          "kafka.producer.record.send.total",
          "kafka.producer.record.error.total",
          "kafka.stream.thread.process.total",
          "kafka.stream.thread.commit.total",
          "kafka.stream.alive.stream.threads",
          "kafka.stream.failed.stream.threads");

  private ProcessMetrics() {}

  /** Before any other meter is there. */
  static void bindTo(MeterRegistry registry) {
    registry
        .config()
        .meterFilter(MeterFilter.deny(id -> unwanted(id.getName())))
        .meterFilter(new WellNamed());
    new JvmMemoryMetrics().bindTo(registry);
    new JvmGcMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    if (Files.isReadable(SELF)) {
      Gauge.builder("process.resident.memory", ProcessMetrics::resident)
          .description("Memory of the process that is in RAM")
          .baseUnit("bytes")
          .register(registry);
    }
  }

  private static boolean unwanted(String name) {
    return name.equals(CPU_NANOS) || (name.startsWith(KAFKA) && !KEPT.contains(name));
  }

  /** A suffix {@code _count} is kept for histograms by Prometheus. */
  private static final class WellNamed implements MeterFilter {

    @Override
    public Meter.Id map(Meter.Id id) {
      return id.getName().equals("system.cpu.count") ? id.withName("system.cpus") : id;
    }
  }

  /** In bytes. */
  private static double resident() {
    try (Stream<String> lines = Files.lines(SELF)) {
      return lines
          .filter(line -> line.startsWith(RESIDENT))
          .mapToDouble(line -> KIBIBYTE * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException | UncheckedIOException e) {
      return Double.NaN;
    }
  }
}
