package io.anyserve.worker.torch;

import io.anyserve.worker.torch.gguf.GgufModel;
import io.anyserve.worker.torch.model.DecoderFiles;
import io.anyserve.worker.torch.model.DecoderFolder;
import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.model.ModelFamily;
import io.anyserve.worker.torch.vision.VisionFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The two forms that a model may have: a file is GGUF, a folder is Hugging Face's. */
final class ModelFiles {

  private static final String CONFIG = "config.json";

  private ModelFiles() {}

  static DecoderFiles decoder(Path model) {
    if (Files.isRegularFile(model)) {
      return new GgufModel(model);
    }
    return Files.exists(model.resolve(CONFIG)) && ModelFamily.of(model) == ModelFamily.VISION
        ? new VisionFolder(model)
        : new DecoderFolder(model);
  }

  /** The same files where the model has a vision tower. */
  static Optional<VisionFolder> vision(DecoderFiles files) {
    return files instanceof VisionFolder folder ? Optional.of(folder) : Optional.empty();
  }

  /** What the model does; a GGUF file says later whether it is of a kind that can be served. */
  static ModelFamily family(Path model) {
    if (!Files.exists(model)) {
      throw new InvalidModelException(
          model, "no such file or folder", "a Hugging Face model folder or a GGUF file");
    }
    return Files.isRegularFile(model) ? ModelFamily.DECODER : ModelFamily.of(model);
  }
}
