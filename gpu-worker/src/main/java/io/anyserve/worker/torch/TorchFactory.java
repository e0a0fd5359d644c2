package io.anyserve.worker.torch;

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
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes torch engines. The model is a Hugging Face folder; options are {@code context-length}
 * (tokens, at most the model's own), {@code precision} (auto, or one of {@link Precision} in lower
 * case) and {@code threads}. All its models share what is found out about the machine.
 */
public final class TorchFactory implements EngineFactory {

  private static final String CONTEXT = "context-length";
  private static final String PRECISION = "precision";
  private static final String THREADS = "threads";
  private static final Set<String> KEYS = Set.of(CONTEXT, PRECISION, THREADS);

  private final MachinePrecision machine = MachinePrecision.here();

  @Override
  public EngineLoader open(EngineConfig settings) {
    refuseUnknown(settings.options());
    Path folder = Path.of(settings.model());
    ModelMetadata files = files(folder);
    int own = files.config().maxLength();
    int context = Math.min(own, number(settings.options(), CONTEXT, own));
    TorchModel.Options defaults = TorchModel.Options.defaults(settings.slots(), context);
    TorchModel.Options options =
        new TorchModel.Options(
            precision(settings.options(), defaults.precision()),
            settings.slots(),
            context,
            number(settings.options(), THREADS, defaults.threads()));
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

  private static void refuseUnknown(Map<String, String> options) {
    for (String key : options.keySet()) {
      if (!KEYS.contains(key)) {
        throw new IllegalArgumentException(
            "engine." + key + ": unknown (expected: one of " + new TreeSet<>(KEYS) + ")");
      }
    }
  }

  private static int number(Map<String, String> options, String key, int otherwise) {
    String text = options.getOrDefault(key, Integer.toString(otherwise));
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "engine." + key + ": \"" + text + "\" (expected: a whole number)", e);
    }
  }

  private static PrecisionSetting precision(
      Map<String, String> options, PrecisionSetting otherwise) {
    String text = options.get(PRECISION);
    try {
      return text == null ? otherwise : PrecisionSetting.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("engine.precision: " + e.getMessage(), e);
    }
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
