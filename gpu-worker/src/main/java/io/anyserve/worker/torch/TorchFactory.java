package io.anyserve.worker.torch;

import io.anyserve.runtime.Config;
import io.anyserve.runtime.ConfigSection;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.EngineConfig;
import io.anyserve.worker.engine.EngineFactory;
import io.anyserve.worker.engine.EngineLoader;
import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.model.ModelMetadata;
import io.anyserve.worker.torch.precision.MachinePrecision;
import io.anyserve.worker.torch.precision.Precision;
import io.anyserve.worker.torch.precision.PrecisionSetting;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Makes torch engines. The model is a Hugging Face folder; options are {@code context-length}
 * (tokens, at most the model's own), {@code precision} (auto, or one of {@link Precision} in lower
 * case) and {@code threads}. All its models share what is found out about the machine.
 */
public final class TorchFactory implements EngineFactory {

  /**
   * The options as they are written; what is absent depends on the model and the machine.
   *
   * @param contextLength tokens of prompt and answer together
   * @param threads of one operation
   */
  record Options(
      Optional<Integer> contextLength,
      Optional<PrecisionSetting> precision,
      Optional<Integer> threads) {}

  private final MachinePrecision machine = MachinePrecision.here();

  @Override
  public EngineLoader open(EngineConfig settings) {
    Config all = Config.of(EngineConfig.TABLE, settings.options());
    Options read = read(all.section(EngineConfig.TABLE));
    all.check(Set.of(EngineConfig.TABLE));
    Path folder = Path.of(settings.model());
    ModelMetadata files = files(folder);
    int own = files.config().maxLength();
    int context = Math.min(own, read.contextLength().orElse(own));
    TorchModel.Options defaults = TorchModel.Options.defaults(settings.slots(), context);
    TorchModel.Options options =
        new TorchModel.Options(
            read.precision().orElse(defaults.precision()),
            settings.slots(),
            context,
            read.threads().orElseGet(defaults::threads));
    return new Source(
        folder,
        options,
        machine,
        new Engine.Description(TorchEngine.KIND, files.name(), settings.slots(), context));
  }

  /** A folder that cannot be served is a wrong setting. */
  private static ModelMetadata files(Path folder) {
    try {
      return ModelMetadata.read(folder);
    } catch (InvalidModelException e) {
      throw new IllegalArgumentException("engine.model: " + e.getMessage(), e);
    }
  }

  /** Adds the options to the section's reference; no model and no library is needed. */
  public static void describe(ConfigSection section) {
    var _ = read(section);
  }

  private static Options read(ConfigSection section) {
    return new Options(
        section.optionalInteger(
            "context-length",
            "the model's",
            2,
            Integer.MAX_VALUE,
            "Most tokens of prompt and answer; at most the model's own length."),
        section.choice(
            "precision",
            PrecisionSetting.all(),
            PrecisionSetting::toString,
            "`auto`",
            "Precision of the weights; `auto` takes the fastest that is right on the machine."),
        section.optionalInteger(
            "threads", "processors - 1", 1, Integer.MAX_VALUE, "Threads of one operation."));
  }

  private record Source(
      Path folder,
      TorchModel.Options options,
      MachinePrecision machine,
      Engine.Description description)
      implements EngineLoader {

    @Override
    public Engine load() {
      return TorchEngine.load(folder, options, machine);
    }
  }
}
