package io.anyserve.worker.torch.model;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import io.anyserve.worker.torch.libtorch.TorchScriptArchive;
import java.lang.foreign.MemorySegment;

/**
 * The tensors of an open weight file. What lies in the file as f32 or f16 is used in place and
 * valid until the file is closed; what must be computed is written into memory of libtorch, which
 * closing the tensor gives back; bf16, which DJL does not know, is copied once by a module that
 * does.
 *
 * <p>The thread that made it closes it.
 */
public final class CheckpointTensors implements TensorSource, AutoCloseable {

  private static final String AS_BF16 =
      TorchScriptArchive.CLASS_HEAD
          + """
            def as_bf16(self: __torch__.M, x: Tensor) -> Tensor:
              return torch.view_copy(x, 15)
          """;

  /** Java sees no more than 2 GiB of a tensor at once. */
  private static final long WINDOW = 1L << 30;

  private final WeightFile weights;
  private final PtNDManager manager;
  private final PtSymbolBlock module;

  public CheckpointTensors(PtNDManager parent, WeightFile weights) {
    this.weights = weights;
    this.manager = (PtNDManager) parent.newSubManager();
    this.module = TorchScriptArchive.load(manager, AS_BF16);
  }

  @Override
  public PtNDArray tensor(TensorSpec wanted) {
    StoredTensor stored = weights.tensor(wanted);
    var shape = new Shape(wanted.dimensions());
    PtNDArray array =
        switch (stored) {
          case StoredTensor.Mapped mapped ->
              manager.create(mapped.data(), shape, type(mapped.type()));
          case StoredTensor.Computed computed -> computed(computed, shape);
        };
    return stored.type() == StoredTensor.Type.BF16 ? bf16(array) : array;
  }

  @Override
  public void close() {
    module.close();
    manager.close();
  }

  private static DataType type(StoredTensor.Type type) {
    return switch (type) {
      case F32 -> DataType.FLOAT32;
      case F16, BF16 -> DataType.FLOAT16;
    };
  }

  private PtNDArray computed(StoredTensor.Computed tensor, Shape shape) {
    PtNDArray array = manager.create(shape, type(tensor.type()));
    try {
      long step = Math.max(1, WINDOW / tensor.rowBytes());
      for (long first = 0; first < tensor.rows(); first += step) {
        long end = Math.min(tensor.rows(), first + step);
        try (PtNDArray rows = JniUtils.slice(array, 0, first, end, 1)) {
          tensor.reader().read(first, MemorySegment.ofBuffer(rows.toByteBuffer(true)));
        }
      }
      return array;
    } catch (RuntimeException e) {
      array.close();
      throw e;
    }
  }

  /** The same bits under another name. */
  private PtNDArray bf16(PtNDArray bits) {
    try (bits;
        IValue argument = IValue.from(bits);
        IValue result = IValueUtils.runMethod(module, "as_bf16", argument)) {
      return result.toTensor(manager);
    }
  }
}
