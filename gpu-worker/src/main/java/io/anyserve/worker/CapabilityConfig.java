package io.anyserve.worker;

import io.anyserve.contracts.Capability;
import io.anyserve.worker.engine.EngineConfig;

/** One thing that a worker can do. */
public record CapabilityConfig(Capability name, EngineConfig engine) {

  public static CapabilityConfig of(String name, EngineConfig engine) {
    return new CapabilityConfig(new Capability(name), engine);
  }
}
