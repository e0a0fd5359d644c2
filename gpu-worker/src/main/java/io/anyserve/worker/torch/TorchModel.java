package io.anyserve.worker.torch;

import ai.djl.pytorch.engine.PtNDManager;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.grammar.OutputGrammar;
import io.anyserve.worker.answer.AnswerParser;
import io.anyserve.worker.answer.AnswerParsers;
import io.anyserve.worker.answer.FormatSetting;
import io.anyserve.worker.engine.SequenceRequest;
import io.anyserve.worker.torch.cache.KvBudget;
import io.anyserve.worker.torch.cache.KvCacheConfig;
import io.anyserve.worker.torch.libtorch.LibTorch;
import io.anyserve.worker.torch.model.CheckpointTensors;
import io.anyserve.worker.torch.model.DecoderFiles;
import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.model.ModelConfig;
import io.anyserve.worker.torch.model.ModelMetadata;
import io.anyserve.worker.torch.model.TokenizerFile;
import io.anyserve.worker.torch.model.WeightFile;
import io.anyserve.worker.torch.model.WeightLayout;
import io.anyserve.worker.torch.precision.MachinePrecision;
import io.anyserve.worker.torch.precision.Precision;
import io.anyserve.worker.torch.precision.PrecisionSetting;
import io.anyserve.worker.torch.speculation.Speculation;
import io.anyserve.worker.torch.text.AnswerDecoder;
import io.anyserve.worker.torch.text.ImagePrompts;
import io.anyserve.worker.torch.text.PromptEncoder;
import io.anyserve.worker.torch.text.TextTokenizer;
import io.anyserve.worker.torch.vision.PromptImages;
import io.anyserve.worker.torch.vision.VisionModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model that writes text in memory, ready to generate.
 *
 * <p>The thread that loads it is its engine thread: it makes all calls, {@link #close} included,
 * which gives all native memory back.
 */
public final class TorchModel implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(TorchModel.class);

  /** Long enough to be fast, short enough that others wait for no more than a step or two. */
  static final int PART = KvCacheConfig.PAGE;

  private final ModelMetadata files;
  private final TextTokenizer tokenizer;
  private final PromptEncoder prompts;
  private final PtNDManager manager;
  private final AnswerParsers answers;
  private final Networks networks;
  private final GenerationContext context;
  private final MachinePrecision.InUse precision;
  private final boolean speculation;

  /**
   * How a model is run.
   *
   * @param slots sequences at once
   * @param contextLength tokens of prompt and answer together; the model's own length caps it
   * @param threads OpenMP threads of one operation
   * @param formats of its answers
   * @param speculation whether tokens may be guessed; answers are the same either way
   * @param memory of its cache
   */
  public record Options(
      PrecisionSetting precision,
      int slots,
      int contextLength,
      int threads,
      FormatSetting formats,
      boolean speculation,
      KvBudget memory) {

    public Options {
      require(slots >= 1, "slots", slots, ">= 1");
      require(contextLength >= 2, "context-length", contextLength, ">= 2");
      require(threads >= 1, "threads", threads, ">= 1");
    }

    /** With answers as the chat template teaches them, and guesses. */
    public Options(PrecisionSetting precision, int slots, int contextLength, int threads) {
      this(precision, slots, contextLength, threads, FormatSetting.AUTO, true, KvBudget.AUTO);
    }

    /** The same, in a precision by name. */
    Options(Precision precision, int slots, int contextLength, int threads) {
      this(new PrecisionSetting.Named(precision), slots, contextLength, threads);
    }

    private static void require(boolean holds, String name, int value, String expected) {
      if (!holds) {
        throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
      }
    }

    /** The machine's own precision, and all cores but one. */
    public static Options defaults(int slots, int contextLength) {
      return new Options(PrecisionSetting.AUTO, slots, contextLength, LibTorch.defaultThreads());
    }
  }

  /** What is computed with: the decoder, and what sees for it where the model takes images. */
  private record Networks(Decoder decoder, Optional<VisionModel> vision) implements AutoCloseable {

    @Override
    public void close() {
      decoder.close();
      vision.ifPresent(VisionModel::close);
    }
  }

  private TorchModel(
      ModelMetadata files,
      PromptEncoder prompts,
      AnswerParsers answers,
      PtNDManager manager,
      Networks networks,
      MachinePrecision.InUse precision,
      boolean speculation) {
    this.files = files;
    this.tokenizer = prompts.tokenizer();
    this.prompts = prompts;
    this.answers = answers;
    this.manager = manager;
    this.networks = networks;
    this.precision = precision;
    this.speculation = speculation;
    this.context =
        new GenerationContext(tokenizer.table(), files.generation(), cache().slotLength());
  }

  /** As {@link #load(Path, Options, MachinePrecision)}, for a process with one model. */
  public static TorchModel load(Path model, Options options) {
    return load(model, options, MachinePrecision.here());
  }

  /**
   * Reads, checks and packs the model.
   *
   * @param model a Hugging Face folder or a GGUF file
   * @param machine shared by all models of a process, so that its precisions are tried once
   * @throws InvalidModelException when a file is missing, damaged or of an unsupported kind
   * @throws IllegalArgumentException when the machine cannot run the precision that is asked for
   */
  static TorchModel load(Path model, Options options, MachinePrecision machine) {
    DecoderFiles source = ModelFiles.decoder(model);
    ModelMetadata files = ModelMetadata.of(source);
    TokenizerFile tokens = source.tokenizer();
    TextTokenizer tokenizer = TextTokenizer.load(tokens);
    try {
      refuseForeignTokens(tokens.source(), tokenizer, files.config());
      Optional<ImagePrompts> images = ModelFiles.vision(source).map(VisionModel::prompts);
      PromptEncoder prompts = PromptEncoder.of(model, files, tokenizer, images);
      PtNDManager manager = LibTorch.claimThread(options.threads());
      try {
        MachinePrecision.InUse precision = machine.of(options.precision(), options.threads());
        long start = System.nanoTime();
        Networks networks =
            networks(source, files.config(), options, precision.precision(), manager);
        log.info(
            "Model {} runs in {} ({}); loading {} million weights took {} ms",
            files.name(),
            precision.precision().text(),
            precision.reason(),
            weights(files.config()) / 1_000_000,
            (System.nanoTime() - start) / 1_000_000);
        var answers = new AnswerParsers(files.answerFormat(options.formats()));
        boolean guesses = options.speculation();
        return new TorchModel(files, prompts, answers, manager, networks, precision, guesses);
      } catch (RuntimeException e) {
        manager.close();
        throw e;
      }
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  public ModelMetadata files() {
    return files;
  }

  public TextTokenizer tokenizer() {
    return tokenizer;
  }

  /** Sequences at once, and tokens of prompt and answer together. */
  public KvCacheConfig cache() {
    return networks.decoder.cache();
  }

  /** What it computes in, and why. */
  MachinePrecision.InUse precision() {
    return precision;
  }

  Decoder decoder() {
    return networks.decoder;
  }

  /** Whether it takes images. */
  boolean vision() {
    return networks.vision.isPresent();
  }

  PromptEncoder prompts() {
    return prompts;
  }

  AnswerParsers answers() {
    return answers;
  }

  GenerationBatch batch() {
    return batch(new Speculation(speculation, System::nanoTime));
  }

  /** With guesses of one's own. */
  GenerationBatch batch(Speculation guesses) {
    return new GenerationBatch(networks.decoder, PART, guesses);
  }

  /** The answer to a request; what the caller left open of sampling comes from the model. */
  Generation generation(PromptEncoder.Prompt prompt, SequenceRequest task) {
    AnswerParser parser = answers.parser(task.input(), prompt.end());
    int[] tokens = prompt.tokens().toArray();
    Optional<PromptImages> images = images(task.input(), tokens);
    return new Generation(
        tokens,
        task.parameters(),
        context,
        new AnswerDecoder(tokenizer.table(), parser, answers.format().marks()),
        grammar(prompt, task),
        images);
  }

  /** Those of a conversation; in the tokens, numbers take their places that stand for them. */
  private Optional<PromptImages> images(Payload input, int[] tokens) {
    return networks.vision.isPresent()
            && input instanceof Payload.Chat chat
            && !chat.images().isEmpty()
        ? Optional.of(networks.vision.get().of(chat, tokens))
        : Optional.empty();
  }

  /**
   * The format that is asked for, or the call; where the prompt has opened reasoning, behind it.
   * Strict tools that may be called leave reasoning and text free.
   */
  private Optional<OutputGrammar> grammar(PromptEncoder.Prompt prompt, SequenceRequest task) {
    Optional<OutputGrammar> format = context.constraints().grammar(task.parameters().format());
    Optional<OutputGrammar> call =
        answers.requiredCall(task.input()).map(context.constraints()::grammar);
    Optional<OutputGrammar> strict =
        answers.strictCalls(task.input(), prompt.end()).map(context.constraints()::grammar);
    if (format.isPresent() && (call.isPresent() || strict.isPresent())) {
      throw new FailureException(
          FailureCode.INVALID_REQUEST,
          "output_format: set beside a tool that "
              + (call.isPresent() ? "must be called" : "is strict")
              + " (expected: one of the two)");
    }
    if (strict.isPresent()) {
      return strict;
    }
    Optional<OutputGrammar> end =
        answers.reasoningEnd(task.input(), prompt.end()).map(OutputGrammar::literal);
    return format
        .or(() -> call)
        .map(kept -> end.map(before -> OutputGrammar.sequence(List.of(before, kept))).orElse(kept));
  }

  /**
   * An answer of text to be written; what the caller left open of sampling comes from the model.
   */
  Generation generation(int[] prompt, GenerationParameters parameters) {
    return new Generation(prompt, parameters, context);
  }

  @Override
  public void close() {
    networks.close();
    manager.close();
    tokenizer.close();
  }

  private static Networks networks(
      DecoderFiles files,
      ModelConfig config,
      Options options,
      Precision precision,
      PtNDManager manager) {
    Optional<VisionModel> vision =
        ModelFiles.vision(files).map(folder -> VisionModel.load(folder, precision, manager));
    try {
      return new Networks(decoder(files, config, options, precision, manager), vision);
    } catch (RuntimeException e) {
      vision.ifPresent(VisionModel::close);
      throw e;
    }
  }

  private static Decoder decoder(
      DecoderFiles files,
      ModelConfig config,
      Options options,
      Precision precision,
      PtNDManager manager) {
    int slotLength = Math.min(options.contextLength, config.maxLength());
    KvCacheConfig cache = options.memory.cache(config, precision, options.slots, slotLength);
    try (WeightFile weights = files.weights()) {
      new WeightLayout(config).all().forEach(weights::tensor);
      try (var tensors = new CheckpointTensors(manager, weights)) {
        return Decoder.load(manager, config, precision, cache, tensors);
      }
    }
  }

  private static long weights(ModelConfig config) {
    return new WeightLayout(config)
        .all().stream().mapToLong(spec -> spec.shape().stream().reduce(1L, (a, b) -> a * b)).sum();
  }

  private static void refuseForeignTokens(
      Path source, TextTokenizer tokenizer, ModelConfig config) {
    if (tokenizer.table().size() > config.vocabulary()) {
      throw new InvalidModelException(
          source,
          "tokens: " + tokenizer.table().size(),
          "at most vocab_size, " + config.vocabulary());
    }
  }
}
