package io.anyserve.worker.torch;

import ai.djl.pytorch.jni.IValue;
import io.anyserve.worker.torch.model.TensorSpec;
import io.anyserve.worker.torch.model.WeightLayout;
import io.anyserve.worker.torch.model.WeightPacker;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns the tensors of a checkpoint into what a decoder's module takes: fused, typed, packed.
 *
 * <p>The values belong to the caller, who closes them.
 */
record WeightLoader(WeightPacker packer, DecoderScript shape) {

  IValue embedding() {
    return packer.packed("typed", List.of(names().embedding()));
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

  /** Both norms of each layer, its bias where there is one, and the last norm. */
  IValue norms() {
    List<List<TensorSpec>> groups = new ArrayList<>();
    for (int layer = 0; layer < shape.config().layers(); layer++) {
      groups.addAll(names().norms(layer));
    }
    groups.add(List.of(names().lastNorm()));
    return packer.packedList("typed", groups);
  }

  private WeightLayout names() {
    return new WeightLayout(shape.config());
  }
}
