package io.anyserve.worker.telemetry;

import io.anyserve.runtime.trace.Tracing;
import io.anyserve.worker.publish.ExecutionListener;
import io.anyserve.worker.schedule.SchedulerMetrics;
import io.anyserve.worker.schedule.WorkerIdentity;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;

/**
 * How closely a worker is observed.
 *
 * @param vllmMetrics metrics under vLLM's names as well
 */
public record TelemetryConfig(Tracing tracing, boolean vllmMetrics) {

  /** Its own metrics alone. */
  public static final TelemetryConfig USUAL = new TelemetryConfig(Tracing.OFF, false);

  /** The listeners to the executions of one capability. */
  public ExecutionListener.Source source(
      MeterRegistry registry, WorkerIdentity identity, SchedulerMetrics batch) {
    List<ExecutionListener.Source> sources = new ArrayList<>();
    if (tracing.on()) {
      sources.add(new ExecutionTraces(tracing, identity));
    }
    if (vllmMetrics) {
      sources.add(new VllmMetrics(registry, identity, batch, System::nanoTime));
    }
    return ExecutionListener.Source.all(sources);
  }
}
