package io.anyserve.worker.engine;

/** Knows one kind of engine. */
@FunctionalInterface
public interface EngineFactory {

  /**
   * Checks the settings and prepares nothing heavier than that.
   *
   * @throws IllegalArgumentException naming the setting that is wrong
   */
  EngineLoader open(EngineConfig settings);
}
