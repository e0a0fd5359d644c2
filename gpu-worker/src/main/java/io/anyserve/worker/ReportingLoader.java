package io.anyserve.worker;

import io.anyserve.contracts.Capability;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.EngineLoader;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/**
 * Describes the engine that was loaded, not the one that was planned, and shows in the metrics what
 * it computes in and how long loading took.
 *
 * <p>The thread that owns the engine loads it; any thread may ask for the description.
 */
final class ReportingLoader implements EngineLoader {

  private final Capability capability;
  private final EngineLoader source;
  private final MeterRegistry registry;
  private volatile Engine.Description description;

  ReportingLoader(Capability capability, EngineLoader source, MeterRegistry registry) {
    this.capability = capability;
    this.source = source;
    this.registry = registry;
    this.description = source.description();
  }

  @Override
  public Engine.Description description() {
    return description;
  }

  @Override
  public Engine load() {
    long start = System.nanoTime();
    Engine engine = source.load();
    took(System.nanoTime() - start);
    description = engine.description();
    report(description);
    return engine;
  }

  private void took(long nanos) {
    Timer.builder("anyserve.worker.load")
        .description("Duration of loading an engine")
        .tag("capability", capability.value())
        .register(registry)
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  private void report(Engine.Description loaded) {
    Gauge.builder("anyserve.worker.engine.info", () -> 1)
        .description("1 for each engine that was loaded: its model, its precision and the reason")
        .tag("capability", capability.value())
        .tag("model", loaded.model())
        .tag("precision", loaded.numerics().precision())
        .tag("reason", loaded.numerics().reason())
        .register(registry);
  }
}
