package io.anyserve.worker.torch;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Turns the tensors of a checkpoint into what a decoder's module takes: fused, typed, packed.
 *
 * <p>The values belong to the caller, who closes them.
 */
record WeightPacking(
    PtSymbolBlock module, PtNDManager manager, DecoderSource shape, TensorSource source) {

  IValue embedding() {
    return typed(List.of(names().embedding()));
  }

  /**
   * Four fused weights per layer and the output head, each in the precision's number of tensors.
   */
  IValue linears() {
    List<IValue> packed = new ArrayList<>();
    for (int layer = 0; layer < shape.config().layers(); layer++) {
      names().linears(layer).forEach(group -> packed.addAll(packed(group)));
    }
    packed.addAll(packed(List.of(names().head())));
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

  private WeightNames names() {
    return new WeightNames(shape.config());
  }

  private IValue typed(List<TensorName> group) {
    return prepared(List.of("typed"), group).getFirst();
  }

  private List<IValue> packed(List<TensorName> group) {
    int tensors = shape.precision().packed().size();
    return prepared(IntStream.range(0, tensors).mapToObj(part -> "pack" + part).toList(), group);
  }

  /** The result of each method on the same group, which the module joins along its rows. */
  private List<IValue> prepared(List<String> methods, List<TensorName> group) {
    List<PtNDArray> parts = group.stream().map(source::tensor).toList();
    try (var call = new ModuleCall(module, manager)) {
      call.tensors(parts);
      return methods.stream().map(call::value).toList();
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
