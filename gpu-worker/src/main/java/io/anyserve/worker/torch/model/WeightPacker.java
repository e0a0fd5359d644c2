package io.anyserve.worker.torch.model;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import io.anyserve.worker.torch.libtorch.ModuleCall;
import java.util.List;

/**
 * Turns groups of a checkpoint's tensors into values of native memory by methods of a module.
 *
 * <p>The values belong to the caller, who closes them.
 */
public record WeightPacker(PtSymbolBlock module, PtNDManager manager, TensorSource source) {

  /** What the module's method makes of a group. */
  public IValue packed(String method, List<TensorSpec> group) {
    List<PtNDArray> parts = group.stream().map(source::tensor).toList();
    try (var call = new ModuleCall(module, manager)) {
      return call.tensors(parts).value(method);
    } finally {
      parts.forEach(PtNDArray::close);
    }
  }

  /** One value for each group, in a list. It holds its own references, so elements are closed. */
  public IValue packedList(String method, List<List<TensorSpec>> groups) {
    IValue[] elements = groups.stream().map(group -> packed(method, group)).toArray(IValue[]::new);
    IValue list = IValue.listFrom(elements);
    for (IValue element : elements) {
      element.close();
    }
    return list;
  }
}
