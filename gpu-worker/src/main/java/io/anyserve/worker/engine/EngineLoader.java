package io.anyserve.worker.engine;

/** Where the engine of one capability comes from, as often as it is loaded. */
public interface EngineLoader {

  /** What a loaded engine offers; known without loading one. */
  Engine.Description description();

  /**
   * Loads the model; called by the thread that will own the engine.
   *
   * @throws RuntimeException when the model cannot be loaded; its message is for the operator
   */
  Engine load();
}
