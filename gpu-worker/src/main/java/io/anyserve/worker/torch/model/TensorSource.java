package io.anyserve.worker.torch.model;

import ai.djl.pytorch.engine.PtNDArray;

/** Where a decoder's weights come from. */
@FunctionalInterface
public interface TensorSource {

  /** A new tensor of the wanted shape in any float type; the caller closes it. */
  PtNDArray tensor(TensorSpec wanted);
}
