package io.anyserve.worker.torch.model;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import io.anyserve.worker.torch.libtorch.TorchScriptArchive;

/**
 * The tensors of an open checkpoint: f32 and f16 lie in the mapped file and are valid until the
 * checkpoint is closed; bf16, which DJL does not know, is copied once by a module that does.
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

  private final Checkpoint checkpoint;
  private final PtNDManager manager;
  private final PtSymbolBlock module;

  public CheckpointTensors(PtNDManager parent, Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
    this.manager = (PtNDManager) parent.newSubManager();
    this.module = TorchScriptArchive.load(manager, AS_BF16);
  }

  @Override
  public PtNDArray tensor(TensorSpec wanted) {
    StoredTensor stored = checkpoint.tensor(wanted);
    var shape = new Shape(wanted.dimensions());
    return switch (stored.type()) {
      case F32 -> manager.create(stored.data(), shape, DataType.FLOAT32);
      case F16 -> manager.create(stored.data(), shape, DataType.FLOAT16);
      case BF16 -> bf16(stored, shape);
    };
  }

  @Override
  public void close() {
    module.close();
    manager.close();
  }

  /** The same bits under another name. */
  private PtNDArray bf16(StoredTensor stored, Shape shape) {
    try (PtNDArray bits = manager.create(stored.data(), shape, DataType.FLOAT16);
        IValue argument = IValue.from(bits);
        IValue result = IValueUtils.runMethod(module, "as_bf16", argument)) {
      return result.toTensor(manager);
    }
  }
}
