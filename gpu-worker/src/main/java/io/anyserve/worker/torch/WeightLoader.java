package io.anyserve.worker.torch;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import io.anyserve.worker.torch.libtorch.ModuleCall;
import io.anyserve.worker.torch.model.TensorSource;
import io.anyserve.worker.torch.model.TensorSpec;
import io.anyserve.worker.torch.model.WeightLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns the tensors of a checkpoint into what a decoder's module takes: fused, typed, packed.
 *
 * <p>The values belong to the caller, who closes them.
 */
record WeightLoader(
    PtSymbolBlock module, PtNDManager manager, DecoderScript shape, TensorSource source) {

  IValue embedding() {
    return typed(List.of(names().embedding()));
  }

  /** Four fused weights per layer and the output head. */
  IValue linears() {
    List<IValue> packed = new ArrayList<>();
    for (int layer = 0; layer < shape.config().layers(); layer++) {
      names().linears(layer).forEach(group -> packed.add(prepared("pack", group)));
    }
    packed.add(prepared("pack", List.of(names().head())));
    return list(packed);
  }

  /** Both norms of each layer, its bias where there is one, and the last norm. */
  IValue norms() {
    List<IValue> norms = new ArrayList<>();
    for (int layer = 0; layer < shape.config().layers(); layer++) {
      names().norms(layer).forEach(group -> norms.add(typed(group)));
    }
    norms.add(typed(List.of(names().lastNorm())));
    return list(norms);
  }

  private WeightLayout names() {
    return new WeightLayout(shape.config());
  }

  private IValue typed(List<TensorSpec> group) {
    return prepared("typed", group);
  }

  /** The result of a method on a group, which the module joins along its rows. */
  private IValue prepared(String method, List<TensorSpec> group) {
    List<PtNDArray> parts = group.stream().map(source::tensor).toList();
    try (var call = new ModuleCall(module, manager)) {
      return call.tensors(parts).value(method);
    } finally {
      parts.forEach(PtNDArray::close);
    }
  }

  /** A list holds its own references, so its elements are closed. */
  private static IValue list(List<IValue> elements) {
    IValue list = IValue.listFrom(elements.toArray(new IValue[0]));
    elements.forEach(IValue::close);
    return list;
  }
}
