package io.anyserve.worker.torch.libtorch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import org.junit.jupiter.api.Test;

final class TorchScriptArchiveIT {

  private static final String MODULE =
      TorchScriptArchive.CLASS_HEAD
          + """
            def scaled(self: __torch__.M, x: Tensor, terms: List[Tensor], n: int) -> Tensor:
              y = torch.mul(x, n)
              for t in terms:
                y = torch.add(y, t)
              return y
          """;

  @Test
  void libtorchRunsAMethodOfTheModule() {
    try (var manager = (PtNDManager) Engine.getEngine("PyTorch").newBaseManager();
        var module = TorchScriptArchive.load(manager, MODULE)) {
      var x = (PtNDArray) manager.create(new float[] {1, 2});
      try (IValue input = IValue.from(x);
          IValue terms = IValue.listFrom(x, x);
          IValue three = IValue.from(3L);
          IValue result = IValueUtils.runMethod(module, "scaled", input, terms, three)) {
        assertArrayEquals(new float[] {5, 10}, result.toTensor(manager).toFloatArray());
      }
    }
  }
}
