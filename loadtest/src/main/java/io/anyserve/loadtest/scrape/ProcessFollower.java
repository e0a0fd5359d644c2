package io.anyserve.loadtest.scrape;

import io.anyserve.loadtest.report.ProcessReport;
import io.anyserve.loadtest.report.ProcessReport.ProcessSample;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Makes samples of one process out of its pages of metrics. Processor time is that since the page
 * before, or what the process itself says of its recent past. Thread-safe.
 */
final class ProcessFollower {

  private static final double MEBIBYTE = 1 << 20;
  private static final double NANOS_PER_SECOND = 1e9;

  private final String url;
  private final List<ProcessSample> samples = new ArrayList<>();
  private OptionalDouble lastProcessorSeconds = OptionalDouble.empty();
  private double lastSecond;

  ProcessFollower(String url) {
    this.url = url;
  }

  /**
   * Adds a page.
   *
   * @param second from the start of the stretch; before it no sample is kept
   */
  synchronized void add(double second, MetricsText page) {
    OptionalDouble processor = processorSeconds(page);
    double used = page.orNaN("process_cpu_usage") * page.orNaN("system_cpus");
    if (processor.isPresent() && lastProcessorSeconds.isPresent() && second > lastSecond) {
      used = (processor.getAsDouble() - lastProcessorSeconds.getAsDouble()) / (second - lastSecond);
    }
    lastProcessorSeconds = processor;
    lastSecond = second;
    if (second < 0) {
      return;
    }
    samples.add(
        new ProcessSample(
            second,
            used,
            page.orNaN("process_resident_memory_bytes") / MEBIBYTE,
            page.orNaN("anyserve_router_backlog"),
            inFlight(page)));
  }

  private static OptionalDouble processorSeconds(MetricsText page) {
    OptionalDouble nanos = page.find("process_cpu_time_ns_total");
    return nanos.isPresent()
        ? OptionalDouble.of(nanos.getAsDouble() / NANOS_PER_SECOND)
        : page.find("process_cpu_seconds_total");
  }

  /** A process that is ingress and worker counts what its ingress accepted. */
  private static double inFlight(MetricsText page) {
    OptionalDouble ingress = page.find("anyserve_ingress_requests_in_flight");
    return ingress.isPresent() ? ingress.getAsDouble() : page.orNaN("anyserve_worker_in_flight");
  }

  /** What came since the last call. */
  synchronized ProcessReport drain() {
    ProcessReport report = new ProcessReport(url, samples);
    samples.clear();
    lastProcessorSeconds = OptionalDouble.empty();
    return report;
  }
}
