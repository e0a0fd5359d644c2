package io.anyserve.worker.torch;

import io.anyserve.runtime.Config;
import io.anyserve.runtime.ConfigSection;
import io.anyserve.worker.answer.AnswerKinds;
import io.anyserve.worker.answer.AnswerParsers;
import io.anyserve.worker.answer.FormatSetting;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.EngineConfig;
import io.anyserve.worker.engine.EngineFactory;
import io.anyserve.worker.engine.EngineLoader;
import io.anyserve.worker.hub.ModelCache;
import io.anyserve.worker.hub.ModelLocation;
import io.anyserve.worker.torch.cache.KvBudget;
import io.anyserve.worker.torch.encoder.EncoderEngine;
import io.anyserve.worker.torch.libtorch.LibTorch;
import io.anyserve.worker.torch.model.DecoderFiles;
import io.anyserve.worker.torch.model.EncoderMetadata;
import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.model.ModelMetadata;
import io.anyserve.worker.torch.precision.MachinePrecision;
import io.anyserve.worker.torch.precision.Precision;
import io.anyserve.worker.torch.precision.PrecisionSetting;
import io.anyserve.worker.torch.text.ImagePrompts;
import io.anyserve.worker.torch.vision.VisionModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Makes torch engines. The model is a Hugging Face folder, whose {@code config.json} says whether
 * it writes text or makes vectors, a GGUF file of one that writes text, or the name of one of both
 * that was downloaded; options are {@code context-length} (tokens, at most the model's own), {@code
 * precision} (auto, or one of {@link Precision} in lower case), {@code threads}, {@code
 * speculation}, {@code kv-cache-mib}, {@code max-batch-tokens}, {@code tool-call-format} and {@code
 * reasoning-format}. All its models share what is found out about the machine.
 */
public final class TorchFactory implements EngineFactory {

  /**
   * The options as they are written; what is absent depends on the model and the machine.
   *
   * @param contextLength tokens of prompt and answer together
   * @param threads of one operation
   * @param maxBatchTokens of the texts that a step embeds; nothing where the model writes text
   * @param speculation nothing where the model embeds
   * @param formats of its answers
   * @param memory nothing where the model embeds
   */
  record Options(
      Optional<Integer> contextLength,
      Optional<PrecisionSetting> precision,
      Optional<Integer> threads,
      int maxBatchTokens,
      SpeculationSetting speculation,
      FormatSetting formats,
      KvBudget memory) {

    PrecisionSetting precisionOrAuto() {
      return precision.orElse(PrecisionSetting.AUTO);
    }

    int threadsOrDefault() {
      return threads.orElseGet(LibTorch::defaultThreads);
    }

    /** At most the model's own. */
    int contextLength(int own) {
      return Math.min(own, contextLength.orElse(own));
    }
  }

  /** Whether tokens are guessed. */
  enum SpeculationSetting {
    AUTO,
    OFF;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** More make no text faster, and let cancellations and other requests wait longer. */
  private static final int MAX_BATCH_TOKENS = 512;

  private final MachinePrecision machine = MachinePrecision.here();
  private final ModelLocation models;

  /** Finds downloaded models where this process's variables say. */
  public TorchFactory() {
    this(new ModelLocation(ModelCache.of(System.getenv())));
  }

  TorchFactory(ModelLocation models) {
    this.models = models;
  }

  @Override
  public EngineLoader open(EngineConfig settings) {
    Config all = Config.of(EngineConfig.TABLE, settings.options());
    Options read = read(all.section(EngineConfig.TABLE));
    all.check(Set.of(EngineConfig.TABLE));
    Path model = find(settings.model());
    try {
      return switch (ModelFiles.family(model)) {
        case DECODER, VISION -> decoder(model, settings.slots(), read);
        case ENCODER -> encoder(model, settings.slots(), read);
      };
    } catch (InvalidModelException e) {
      throw new IllegalArgumentException("engine.model: " + e.getMessage(), e);
    }
  }

  private Path find(String model) {
    try {
      return models.of(model);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("engine.model: " + e.getMessage(), e);
    }
  }

  private EngineLoader decoder(Path model, int slots, Options read) {
    DecoderFiles source = ModelFiles.decoder(model);
    ModelMetadata files = ModelMetadata.of(source);
    Optional<ImagePrompts> images = ModelFiles.vision(source).map(VisionModel::prompts);
    int context = read.contextLength(files.config().maxLength());
    var options =
        new TorchModel.Options(
            read.precisionOrAuto(),
            slots,
            context,
            read.threadsOrDefault(),
            read.formats,
            read.speculation == SpeculationSetting.AUTO,
            read.memory);
    var answers = new AnswerParsers(files.answerFormat(read.formats));
    return new Source(
        new Engine.Description(
            TorchEngine.KIND,
            files.name(),
            slots,
            context,
            0,
            Engine.Numerics.NONE,
            answers.kinds(),
            images.isPresent()),
        () -> TorchEngine.load(model, options, machine));
  }

  private EngineLoader encoder(Path folder, int slots, Options read) {
    EncoderMetadata files = EncoderMetadata.read(folder);
    int context = read.contextLength(files.sentence().maxLength());
    var options =
        new EncoderEngine.Options(
            read.precisionOrAuto(), slots, context, read.threadsOrDefault(), read.maxBatchTokens);
    var description =
        new Engine.Description(
            TorchEngine.KIND,
            files.name(),
            slots,
            context,
            files.config().outputs(),
            Engine.Numerics.NONE,
            files.config().scoresPairs() ? AnswerKinds.PAIRS : AnswerKinds.TEXT);
    return new Source(
        description, () -> EncoderEngine.load(TorchEngine.KIND, folder, options, machine));
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
            "Most tokens of prompt and answer, or of a text to embed;"
                + " at most the model's own length."),
        section.choice(
            "precision",
            PrecisionSetting.all(),
            PrecisionSetting::toString,
            "`auto`",
            "Precision of the weights; `auto` takes the fastest that is right on the machine,"
                + " and f32 to embed."),
        section.optionalInteger(
            "threads", "processors - 1", 1, Integer.MAX_VALUE, "Threads of one operation."),
        section.integer(
            "max-batch-tokens",
            MAX_BATCH_TOKENS,
            1,
            Integer.MAX_VALUE,
            "Most tokens of the texts that a step embeds; a longer text is a step of its own."),
        section
            .choice(
                "speculation",
                List.of(SpeculationSetting.values()),
                SpeculationSetting::text,
                "`auto`",
                "Guess tokens where the answer repeats its prompt or itself, as long as that is"
                    + " faster, or `off`; the answer is the same.")
            .orElse(SpeculationSetting.AUTO),
        formats(section),
        new KvBudget(
            section.optionalInteger(
                "kv-cache-mib",
                "what all slots take, at most half of the machine's memory",
                1,
                Integer.MAX_VALUE,
                "Memory for keys and values in MiB; sequences wait or give way where it is full.")));
  }

  private static FormatSetting formats(ConfigSection section) {
    return new FormatSetting(
        section.choice(
            "tool-call-format",
            List.of(FormatSetting.ToolCalls.values()),
            FormatSetting::text,
            "`auto`",
            "How the model writes tool calls; `auto` finds it in the chat template,"
                + " `none` offers no tools."),
        section.choice(
            "reasoning-format",
            List.of(FormatSetting.Reasoning.values()),
            FormatSetting::text,
            "`auto`",
            "How the model sets apart what it thinks; `auto` finds it in the chat template,"
                + " `none` leaves it in the text."));
  }

  private record Source(Engine.Description description, Supplier<Engine> engine)
      implements EngineLoader {

    @Override
    public Engine load() {
      return engine.get();
    }
  }
}
