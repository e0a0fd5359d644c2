package io.anyserve.worker.torch.libtorch;

import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;

/** Brings libtorch into the process and prepares the threads that call it. */
public final class LibTorch {

  private static final String OFFLINE = "ai.djl.offline";

  private LibTorch() {}

  /**
   * Prepares the calling thread as an engine thread and returns a manager of native memory that it
   * owns. Natives come from the class path, never from the network.
   *
   * @param threads OpenMP threads of one operation; the setting belongs to the calling thread
   */
  public static PtNDManager claimThread(int threads) {
    Engine engine = load();
    JniUtils.setNumThreads(threads);
    JniUtils.setGraphExecutorOptimize(false);
    return (PtNDManager) engine.newBaseManager();
  }

  /** One core is left to the rest of the process. */
  public static int defaultThreads() {
    return Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
  }

  /** Throws IllegalStateException that says what to do where the natives are missing or unfit. */
  static Engine load() {
    if (System.getProperty(OFFLINE) == null) {
      System.setProperty(OFFLINE, "true");
    }
    try {
      return Engine.getEngine("PyTorch");
    } catch (RuntimeException | LinkageError e) {
      throw new IllegalStateException(
          Platform.ofThisMachine().explain(NativeLibraries.classifier(), reason(e)), e);
    }
  }

  /** The innermost message: the outer ones only say that something failed. */
  static String reason(Throwable failure) {
    Throwable innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    return innermost.getMessage() == null ? innermost.toString() : innermost.getMessage();
  }
}
