package io.anyserve.worker.torch;

import ai.djl.pytorch.engine.PtNDManager;
import io.anyserve.worker.torch.cache.KvCacheConfig;
import io.anyserve.worker.torch.libtorch.LibTorch;
import io.anyserve.worker.torch.model.CheckpointTensors;
import io.anyserve.worker.torch.model.DecoderFiles;
import io.anyserve.worker.torch.model.ModelConfig;
import io.anyserve.worker.torch.model.WeightFile;
import io.anyserve.worker.torch.precision.Precision;
import java.nio.file.Path;

/** A bare decoder on the weights of a model, without tokenizer or batch. */
record Loaded(PtNDManager manager, ModelConfig config, Decoder decoder) implements AutoCloseable {

  static final int SLOTS = 8;

  Loaded(Path model, Precision precision) {
    this(ModelFiles.decoder(model), precision);
  }

  private Loaded(DecoderFiles files, Precision precision) {
    this(ModelConfig.of(files.config()), files, precision, 256);
  }

  /** With a shape of its own, and slots of that length. */
  Loaded(ModelConfig config, DecoderFiles files, Precision precision, int slotLength) {
    this(LibTorch.claimThread(2), config, files, precision, slotLength);
  }

  private Loaded(
      PtNDManager manager,
      ModelConfig config,
      DecoderFiles files,
      Precision precision,
      int slotLength) {
    this(manager, config, decoder(manager, config, files, precision, slotLength));
  }

  @Override
  public void close() {
    decoder.close();
    manager.close();
  }

  private static Decoder decoder(
      PtNDManager manager,
      ModelConfig config,
      DecoderFiles files,
      Precision precision,
      int slotLength) {
    var cache = new KvCacheConfig(SLOTS, slotLength);
    try (WeightFile weights = files.weights();
        var tensors = new CheckpointTensors(manager, weights)) {
      return Decoder.load(manager, config, precision, cache, tensors);
    }
  }
}
