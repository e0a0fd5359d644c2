package io.anyserve.worker.torch;

import ai.djl.pytorch.engine.PtNDManager;
import io.anyserve.worker.torch.libtorch.LibTorch;
import io.anyserve.worker.torch.model.Checkpoint;
import io.anyserve.worker.torch.model.CheckpointTensors;
import io.anyserve.worker.torch.model.ModelConfig;
import io.anyserve.worker.torch.precision.Precision;
import io.anyserve.worker.torch.precision.PrecisionChoice;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A bare decoder on the weights of a folder, without tokenizer or batch. */
record Loaded(PtNDManager manager, ModelConfig config, Decoder decoder) implements AutoCloseable {

  static final int SLOTS = 8;

  Loaded(Path folder, Precision precision) {
    this(LibTorch.claimThread(2), ModelConfig.read(folder), folder, precision);
  }

  private Loaded(PtNDManager manager, ModelConfig config, Path folder, Precision precision) {
    this(manager, config, decoder(manager, config, folder, precision));
  }

  /** The precisions that this machine runs and gets right. */
  static List<Precision> right() {
    return Arrays.stream(Precision.values())
        .filter(p -> PrecisionChoice.check(p, 2) instanceof PrecisionChoice.Outcome.Right)
        .toList();
  }

  /** Those of them in which nobody's tokens depend on who shares the batch. */
  static List<Precision> independent() {
    return right().stream()
        .filter(p -> p != Precision.BF16 && (p != Precision.BF16_PACKED || multipliesBf16()))
        .toList();
  }

  /** Elsewhere oneDNN emulates it, and a row's last bits depend on the others. */
  private static boolean multipliesBf16() {
    try {
      return java.nio.file.Files.readString(Path.of("/proc/cpuinfo")).contains("bf16");
    } catch (java.io.IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    decoder.close();
    manager.close();
  }

  private static Decoder decoder(
      PtNDManager manager, ModelConfig config, Path folder, Precision precision) {
    try (Checkpoint checkpoint = Checkpoint.open(folder);
        var tensors = new CheckpointTensors(manager, checkpoint)) {
      return Decoder.load(manager, config, precision, new KvCacheConfig(SLOTS, 256), tensors);
    }
  }
}
