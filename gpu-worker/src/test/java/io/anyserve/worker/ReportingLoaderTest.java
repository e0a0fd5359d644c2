package io.anyserve.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.EngineLoader;
import io.anyserve.worker.engine.SequenceRequest;
import io.anyserve.worker.engine.StepListener;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

final class ReportingLoaderTest {

  private static final Engine.Description PLANNED = new Engine.Description("fake", "m", 2, 64);
  private static final Engine.Description LOADED =
      new Engine.Description("fake", "m", 2, 64, new Engine.Numerics("f32", "configured"));

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ReportingLoader source =
      new ReportingLoader(new Capability("story"), new Fake(), registry);

  /** A source of engines that know more once they are loaded. */
  private record Fake() implements EngineLoader {

    @Override
    public Engine.Description description() {
      return PLANNED;
    }

    @Override
    public Engine load() {
      return new Idle();
    }
  }

  /** An engine that nobody uses. */
  private record Idle() implements Engine {

    @Override
    public Description description() {
      return LOADED;
    }

    @Override
    public Admission admit(SequenceRequest task) {
      throw new UnsupportedOperationException();
    }

    @Override
    public TokenIds tokenize(Payload input) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String detokenize(TokenIds tokens) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void step(StepListener listener) {}

    @Override
    public long nanosToNextStep() {
      return 0;
    }

    @Override
    public void cancel(long executionId) {}

    @Override
    public void close() {}
  }

  @Test
  void describesWhatWasPlannedUntilItIsLoaded() {
    assertEquals(PLANNED, source.description());
    assertTrue(registry.find("anyserve.worker.engine.info").meters().isEmpty());
  }

  @Test
  void aLoadedEngineShowsItsPrecision() {
    source.load().close();
    source.load().close();

    assertEquals(LOADED, source.description());
    Gauge info =
        registry
            .get("anyserve.worker.engine.info")
            .tags("capability", "story", "model", "m", "precision", "f32", "reason", "configured")
            .gauge();
    assertEquals(1, info.value());
  }
}
