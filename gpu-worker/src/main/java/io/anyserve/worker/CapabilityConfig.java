package io.anyserve.worker;

import io.anyserve.contracts.Capability;
import io.anyserve.worker.consume.FetchMode;
import io.anyserve.worker.engine.EngineConfig;
import java.util.Optional;

/**
 * One thing that a worker can do.
 *
 * @param fetchMode how work is fetched; as suits the engine where it does not say
 */
public record CapabilityConfig(
    Capability name, EngineConfig engine, Optional<FetchMode> fetchMode) {

  public static CapabilityConfig of(String name, EngineConfig engine) {
    return new CapabilityConfig(new Capability(name), engine, Optional.empty());
  }
}
