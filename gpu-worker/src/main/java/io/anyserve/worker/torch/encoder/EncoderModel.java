package io.anyserve.worker.torch.encoder;

import ai.djl.pytorch.engine.PtNDManager;
import io.anyserve.worker.torch.libtorch.LibTorch;
import io.anyserve.worker.torch.model.Checkpoint;
import io.anyserve.worker.torch.model.CheckpointTensors;
import io.anyserve.worker.torch.model.EncoderLayout;
import io.anyserve.worker.torch.model.EncoderMetadata;
import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.precision.MachinePrecision;
import io.anyserve.worker.torch.precision.Precision;
import io.anyserve.worker.torch.precision.PrecisionSetting;
import io.anyserve.worker.torch.text.WordPieceTokenizer;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of a BERT model in memory, ready to embed.
 *
 * <p>The thread that loads it is its engine thread: it makes all calls, {@link #close} included,
 * which gives all native memory back.
 */
final class EncoderModel implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(EncoderModel.class);

  /**
   * Vectors are kept, and compared with vectors that other workers make: what they are computed in
   * does not depend on the machine.
   */
  private static final MachinePrecision.InUse USUAL =
      new MachinePrecision.InUse(Precision.F32, "vectors of all machines are comparable");

  private final EncoderMetadata files;
  private final WordPieceTokenizer tokenizer;
  private final PtNDManager manager;
  private final Encoder encoder;
  private final MachinePrecision.InUse precision;

  private EncoderModel(
      EncoderMetadata files,
      WordPieceTokenizer tokenizer,
      PtNDManager manager,
      Encoder encoder,
      MachinePrecision.InUse precision) {
    this.files = files;
    this.tokenizer = tokenizer;
    this.manager = manager;
    this.encoder = encoder;
    this.precision = precision;
  }

  /**
   * Reads, checks and packs the model.
   *
   * @param threads OpenMP threads of one operation
   * @throws InvalidModelException when a file is missing, damaged or of an unsupported kind
   * @throws IllegalArgumentException when the machine cannot run the precision that is asked for
   */
  static EncoderModel load(
      Path folder, PrecisionSetting setting, int threads, MachinePrecision machine) {
    EncoderMetadata files = EncoderMetadata.read(folder);
    WordPieceTokenizer tokenizer = WordPieceTokenizer.of(files.tokens());
    try {
      PtNDManager manager = LibTorch.claimThread(threads);
      try {
        MachinePrecision.InUse precision = precision(setting, threads, machine);
        log.info(
            "Model {} runs in {} ({})",
            files.name(),
            precision.precision().text(),
            precision.reason());
        Encoder encoder = encoder(folder, files, precision.precision(), manager);
        return new EncoderModel(files, tokenizer, manager, encoder, precision);
      } catch (RuntimeException e) {
        manager.close();
        throw e;
      }
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  EncoderMetadata files() {
    return files;
  }

  WordPieceTokenizer tokenizer() {
    return tokenizer;
  }

  Encoder encoder() {
    return encoder;
  }

  /** What it computes in, and why. */
  MachinePrecision.InUse precision() {
    return precision;
  }

  @Override
  public void close() {
    encoder.close();
    manager.close();
    tokenizer.close();
  }

  private static MachinePrecision.InUse precision(
      PrecisionSetting setting, int threads, MachinePrecision machine) {
    return switch (setting) {
      case PrecisionSetting.Auto _ -> USUAL;
      case PrecisionSetting.Named _ -> machine.of(setting, threads);
    };
  }

  private static Encoder encoder(
      Path folder, EncoderMetadata files, Precision precision, PtNDManager manager) {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      EncoderLayout layout = EncoderLayout.of(files.config(), checkpoint);
      layout.all().forEach(checkpoint::tensor);
      var script = new EncoderScript(files.config(), files.sentence(), precision);
      try (var tensors = new CheckpointTensors(manager, checkpoint)) {
        return Encoder.load(manager, script, layout, tensors, files.tokens().end());
      }
    }
  }
}
