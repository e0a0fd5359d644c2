package io.anyserve.worker.watch;

import io.anyserve.runtime.trace.Tracing;
import io.anyserve.worker.batch.BatchMeters;
import io.anyserve.worker.batch.Identity;
import io.anyserve.worker.publish.RunWatch;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;

/**
 * How closely a worker is observed.
 *
 * @param vllmMetrics metrics under vLLM's names as well
 */
public record Observation(Tracing tracing, boolean vllmMetrics) {

  /** Its own metrics alone. */
  public static final Observation USUAL = new Observation(Tracing.OFF, false);

  /** Who looks on at the runs of one capability. */
  public RunWatch.Source source(MeterRegistry registry, Identity identity, BatchMeters batch) {
    List<RunWatch.Source> sources = new ArrayList<>();
    if (tracing.on()) {
      sources.add(new RunTraces(tracing, identity));
    }
    if (vllmMetrics) {
      sources.add(new VllmMeters(registry, identity, batch.tokens(), System::nanoTime));
    }
    return RunWatch.Source.all(sources);
  }
}
