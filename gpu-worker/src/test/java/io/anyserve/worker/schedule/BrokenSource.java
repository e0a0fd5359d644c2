package io.anyserve.worker.schedule;

import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.EngineLoader;

/** An engine whose model cannot be loaded. */
final class BrokenSource implements EngineLoader {

  @Override
  public Engine.Description description() {
    return new Engine.Description("broken", "none", 1, 0);
  }

  @Override
  public Engine load() {
    throw new IllegalStateException("weights are missing");
  }
}
