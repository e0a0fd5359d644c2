package io.anyserve.worker.torch.model;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import io.anyserve.worker.torch.libtorch.ModuleCall;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns groups of a checkpoint's tensors into values of native memory by methods of a module.
 *
 * <p>The values belong to the caller, who closes them.
 */
public record WeightPacker(PtSymbolBlock module, PtNDManager manager, TensorSource source) {

  /** What the module's method makes of a group. */
  public IValue packed(String method, List<TensorSpec> group) {
    List<PtNDArray> parts = new ArrayList<>();
    try (var call = new ModuleCall(module, manager)) {
      group.forEach(spec -> parts.add(source.tensor(spec)));
      return call.tensors(parts).value(method);
    } finally {
      parts.forEach(PtNDArray::close);
    }
  }

  /** One value for each group, in a list. It holds its own references, so elements are closed. */
  public IValue packedList(String method, List<List<TensorSpec>> groups) {
    List<IValue> elements = new ArrayList<>();
    try {
      groups.forEach(group -> elements.add(packed(method, group)));
      return IValue.listFrom(elements.toArray(IValue[]::new));
    } finally {
      elements.forEach(IValue::close);
    }
  }
}
