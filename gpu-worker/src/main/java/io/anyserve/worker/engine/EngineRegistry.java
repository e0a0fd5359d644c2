package io.anyserve.worker.engine;

import java.util.Map;
import java.util.TreeSet;

/** The kinds of engine that a worker knows, by name. */
public record EngineRegistry(Map<String, EngineFactory> byKind) {

  public EngineRegistry {
    byKind = Map.copyOf(byKind);
  }

  /**
   * Finds the factory of the settings' kind and asks it.
   *
   * @throws IllegalArgumentException for an unknown kind or a setting that the kind refuses
   */
  public EngineLoader open(EngineConfig settings) {
    EngineFactory factory = byKind.get(settings.kind());
    if (factory == null) {
      throw new IllegalArgumentException(
          "engine.kind: "
              + settings.kind()
              + " (expected: one of "
              + new TreeSet<>(byKind.keySet())
              + ")");
    }
    return factory.open(settings);
  }
}
