package io.anyserve.worker.simulated;

import io.anyserve.worker.answer.AnswerKinds;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.EngineConfig;
import io.anyserve.worker.engine.EngineFactory;
import io.anyserve.worker.engine.EngineLoader;
import java.util.function.LongSupplier;

/** Makes simulated engines; the options are those of {@link SimulatedConfig#of}. */
public final class SimulatedFactory implements EngineFactory {

  public static final String KIND = "simulated";

  private final LongSupplier nanos;

  /**
   * @param nanos a clock for the pace, such as {@code System::nanoTime}
   */
  public SimulatedFactory(LongSupplier nanos) {
    this.nanos = nanos;
  }

  @Override
  public EngineLoader open(EngineConfig settings) {
    SimulatedConfig simulated = SimulatedConfig.of(settings.options());
    return new Source(
        new Engine.Description(
            KIND,
            settings.model(),
            settings.slots(),
            simulated.contextLength(),
            simulated.embeddingDimensions(),
            Engine.Numerics.NONE,
            simulated.echo() || simulated.embeddingDimensions() > 0
                ? AnswerKinds.TEXT
                : SimulatedScript.PARSERS.kinds()),
        simulated,
        nanos);
  }

  private record Source(
      Engine.Description description, SimulatedConfig settings, LongSupplier nanos)
      implements EngineLoader {

    @Override
    public Engine load() {
      return description.embeds()
          ? new SimulatedEncoder(description, settings, nanos)
          : new SimulatedEngine(description, settings, nanos);
    }
  }
}
