package io.anyserve.worker.torch;

import ai.djl.pytorch.engine.PtNDManager;
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
    this(LibTorch.claimThread(2), ModelFiles.decoder(model), precision);
  }

  private Loaded(PtNDManager manager, DecoderFiles files, Precision precision) {
    this(manager, ModelConfig.of(files.config()), files, precision);
  }

  private Loaded(PtNDManager manager, ModelConfig config, DecoderFiles files, Precision precision) {
    this(manager, config, decoder(manager, config, files, precision));
  }

  @Override
  public void close() {
    decoder.close();
    manager.close();
  }

  private static Decoder decoder(
      PtNDManager manager, ModelConfig config, DecoderFiles files, Precision precision) {
    try (WeightFile weights = files.weights();
        var tensors = new CheckpointTensors(manager, weights)) {
      return Decoder.load(manager, config, precision, new KvCacheConfig(SLOTS, 256), tensors);
    }
  }
}
