package io.anyserve.worker.torch;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;

/** Brings libtorch into the process and prepares the threads that call it. */
final class LibTorch {

  private static final String OFFLINE = "ai.djl.offline";

  private LibTorch() {}

  /**
   * Prepares the calling thread as an engine thread and returns a manager of native memory that it
   * owns. Natives come from the class path, never from the network.
   *
   * @param threads OpenMP threads of one operation; the setting belongs to the calling thread
   */
  static PtNDManager claimThread(int threads) {
    if (System.getProperty(OFFLINE) == null) {
      System.setProperty(OFFLINE, "true");
    }
    Engine engine = engine();
    JniUtils.setNumThreads(threads);
    JniUtils.setGraphExecutorOptimize(false);
    return (PtNDManager) engine.newBaseManager();
  }

  /** One core is left to the rest of the process. */
  static int defaultThreads() {
    return Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
  }

  private static Engine engine() {
    try {
      return Engine.getEngine("PyTorch");
    } catch (EngineException | UnsatisfiedLinkError e) {
      throw new IllegalStateException(
          "libtorch: "
              + e.getMessage()
              + " (expected: natives for this platform on the class path)",
          e);
    }
  }
}
