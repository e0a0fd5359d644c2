package io.anyserve.worker.torch.precision;

/** Tries precisions out on one machine; one thread uses it. */
public interface PrecisionTrials {

  /**
   * Compiles layers in a precision.
   *
   * @throws ai.djl.engine.EngineException when libtorch cannot do so here
   */
  Trial open(Precision precision);

  /** Layers in one precision, ready to compute. Its methods throw as {@link #open} does. */
  interface Trial {

    /** The largest error of all inputs, as {@link Precision#errorBound} defines it. */
    double error();

    /** Nanoseconds that one layer takes on one row of activations, measured now. */
    long oneRow();

    /** The same on eight rows. */
    long eightRows();
  }
}
