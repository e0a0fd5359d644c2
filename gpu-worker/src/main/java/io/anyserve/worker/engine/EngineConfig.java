package io.anyserve.worker.engine;

import java.util.Map;

/**
 * The engine of one capability as it is configured.
 *
 * @param kind names the factory: "simulated", "torch", ...
 * @param model a name or a folder, whatever the kind takes
 * @param slots sequences at once
 * @param options of the kind alone, checked by its factory
 */
public record EngineConfig(String kind, String model, int slots, Map<String, String> options) {

  /** The name of the options' table in messages. */
  public static final String TABLE = "engine";

  public static final int MAX_SLOTS = 4096;

  public EngineConfig {
    options = Map.copyOf(options);
    if (kind.isBlank()) {
      throw new IllegalArgumentException("engine.kind: empty (expected: simulated, torch, ...)");
    }
    if (slots < 1 || slots > MAX_SLOTS) {
      throw new IllegalArgumentException(
          "engine.slots: " + slots + " (expected: 1 to " + MAX_SLOTS + ")");
    }
  }
}
