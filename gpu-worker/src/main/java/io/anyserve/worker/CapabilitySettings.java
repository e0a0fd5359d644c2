package io.anyserve.worker;

import io.anyserve.contracts.Capability;
import io.anyserve.worker.engine.EngineSettings;
import io.anyserve.worker.intake.Hold;
import java.util.Optional;

/**
 * One thing that a worker can do.
 *
 * @param hold how work is held; as suits the engine where it does not say
 */
public record CapabilitySettings(Capability name, EngineSettings engine, Optional<Hold> hold) {

  public static CapabilitySettings of(String name, EngineSettings engine) {
    return new CapabilitySettings(new Capability(name), engine, Optional.empty());
  }
}
