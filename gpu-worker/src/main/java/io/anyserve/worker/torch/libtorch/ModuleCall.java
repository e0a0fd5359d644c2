package io.anyserve.worker.torch.libtorch;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.util.ArrayList;
import java.util.List;

/**
 * One call of a module's method: collects its arguments in order and frees them when closed.
 *
 * <p>Arrays made here live in Java buffers that only this call keeps; a method that stores one must
 * copy it.
 */
public final class ModuleCall implements AutoCloseable {

  private final PtSymbolBlock module;
  private final PtNDManager arrays;
  private final List<IValue> arguments = new ArrayList<>();
  private final List<IValue> owned = new ArrayList<>();

  public ModuleCall(PtSymbolBlock module, PtNDManager parent) {
    this.module = module;
    this.arrays = (PtNDManager) parent.newSubManager();
  }

  public ModuleCall tensor(long[] values, Shape shape) {
    return own(IValue.from((PtNDArray) arrays.create(values, shape)));
  }

  public ModuleCall tensor(float[] values, Shape shape) {
    return own(IValue.from((PtNDArray) arrays.create(values, shape)));
  }

  /** A tensor that stays the caller's. */
  public ModuleCall array(PtNDArray tensor) {
    return own(IValue.from(tensor));
  }

  /** A list of tensors that stay the caller's. */
  public ModuleCall tensors(List<PtNDArray> tensors) {
    return own(IValue.listFrom(tensors.toArray(new PtNDArray[0])));
  }

  public ModuleCall number(long value) {
    return own(IValue.from(value));
  }

  public ModuleCall flag(boolean value) {
    return own(IValue.from(value));
  }

  public ModuleCall list(long[] values) {
    return own(IValue.listFrom(values));
  }

  public ModuleCall list(double[] values) {
    return own(IValue.listFrom(values));
  }

  /** Values that outlive the call and stay the caller's. */
  public ModuleCall borrowed(List<IValue> values) {
    arguments.addAll(values);
    return this;
  }

  /** The result, which the caller closes. */
  public IValue value(String method) {
    return IValueUtils.runMethod(module, method, arguments.toArray(new IValue[0]));
  }

  public void run(String method) {
    value(method).close();
  }

  public long[] longs(String method) {
    try (IValue result = value(method)) {
      return result.toTensor(arrays).toLongArray();
    }
  }

  public float[] floats(String method) {
    try (IValue result = value(method)) {
      return result.toTensor(arrays).toFloatArray();
    }
  }

  public double[] doubles(String method) {
    try (IValue result = value(method)) {
      return result.toTensor(arrays).toDoubleArray();
    }
  }

  @Override
  public void close() {
    owned.forEach(IValue::close);
    arrays.close();
  }

  private ModuleCall own(IValue value) {
    owned.add(value);
    arguments.add(value);
    return this;
  }
}
