package io.anyserve.worker.torch;

import ai.djl.pytorch.engine.PtNDManager;
import io.anyserve.worker.torch.libtorch.LibTorch;
import io.anyserve.worker.torch.model.Checkpoint;
import io.anyserve.worker.torch.model.CheckpointTensors;
import io.anyserve.worker.torch.model.ModelConfig;
import io.anyserve.worker.torch.precision.Precision;
import java.nio.file.Path;

/** A bare decoder on the weights of a folder, without tokenizer or batch. */
record Loaded(PtNDManager manager, ModelConfig config, Decoder decoder) implements AutoCloseable {

  static final int SLOTS = 8;

  Loaded(Path folder, Precision precision) {
    this(ModelConfig.read(folder), folder, precision, 256);
  }

  /** With a shape of its own, and slots of that length. */
  Loaded(ModelConfig config, Path folder, Precision precision, int slotLength) {
    this(LibTorch.claimThread(2), config, folder, precision, slotLength);
  }

  private Loaded(
      PtNDManager manager, ModelConfig config, Path folder, Precision precision, int slotLength) {
    this(manager, config, decoder(manager, config, folder, precision, slotLength));
  }

  @Override
  public void close() {
    decoder.close();
    manager.close();
  }

  private static Decoder decoder(
      PtNDManager manager, ModelConfig config, Path folder, Precision precision, int slotLength) {
    var cache = new KvCacheConfig(SLOTS, slotLength);
    try (Checkpoint checkpoint = Checkpoint.open(folder);
        var tensors = new CheckpointTensors(manager, checkpoint)) {
      return Decoder.load(manager, config, precision, cache, tensors);
    }
  }
}
