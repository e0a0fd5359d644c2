package io.anyserve.worker.torch;

import ai.djl.pytorch.jni.IValue;
import io.anyserve.worker.torch.model.TensorSpec;
import io.anyserve.worker.torch.model.WeightLayout;
import io.anyserve.worker.torch.model.WeightLayout.LayerVector;
import io.anyserve.worker.torch.model.WeightPacker;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns the tensors of a checkpoint into what a decoder's module takes: fused, typed, packed.
 *
 * <p>The values belong to the caller, who closes them.
 */
record WeightLoader(WeightPacker packer, DecoderScript shape) {

  /** Scaled where the model does so. */
  IValue embedding() {
    return packer.packed("embedding", List.of(names().embedding()));
  }

  /** Four fused weights per layer and the output head. */
  IValue linears() {
    List<List<TensorSpec>> groups = new ArrayList<>();
    for (int layer = 0; layer < shape.config().layers(); layer++) {
      groups.addAll(names().linears(layer));
    }
    groups.add(List.of(names().head()));
    return packer.packedList("pack", groups);
  }

  /** The norms and biases of each layer, and the last norm. */
  IValue norms() {
    List<IValue> vectors = new ArrayList<>();
    try {
      for (int layer = 0; layer < shape.config().layers(); layer++) {
        for (LayerVector vector : names().vectors()) {
          String method = vector.norm() ? "norm" : "typed";
          vectors.add(packer.packed(method, names().vector(layer, vector)));
        }
      }
      vectors.add(packer.packed("norm", List.of(names().lastNorm())));
      return IValue.listFrom(vectors.toArray(IValue[]::new));
    } finally {
      vectors.forEach(IValue::close);
    }
  }

  private WeightLayout names() {
    return new WeightLayout(shape.config());
  }
}
