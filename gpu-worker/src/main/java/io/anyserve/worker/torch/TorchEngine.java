package io.anyserve.worker.torch;

import ai.djl.engine.EngineException;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.FinishReason;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.worker.engine.CacheUse;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.SequenceRequest;
import io.anyserve.worker.engine.StepListener;
import io.anyserve.worker.engine.VocabularyLimit;
import io.anyserve.worker.torch.cache.KvCacheConfig;
import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.precision.MachinePrecision;
import io.anyserve.worker.torch.text.PromptEncoder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a model that writes text: tokenizes prompts, generates, and turns tokens back into text.
 *
 * <p>A token that ends an answer is not part of it: the listener never hears of it.
 */
public final class TorchEngine implements Engine {

  public static final String KIND = "torch";

  private static final Logger log = LoggerFactory.getLogger(TorchEngine.class);

  /** A text may have that many times the tokens of the context to be tokenized. */
  private static final int LONGEST = 4;

  private final TorchModel model;
  private final VocabularyLimit vocabulary;
  private final GenerationBatch batch;

  /** Executions whose earlier attempts had written the whole answer. */
  private final Map<Long, FinishReason> complete = new LinkedHashMap<>();

  private TorchEngine(TorchModel model) {
    this.model = model;
    this.vocabulary = new VocabularyLimit(model.files().config().vocabulary());
    this.batch = model.batch();
  }

  /**
   * Loads the model; the calling thread owns the engine.
   *
   * @throws InvalidModelException when a file is missing, damaged or of an unsupported kind
   */
  public static TorchEngine load(Path model, TorchModel.Options options) {
    return load(model, options, MachinePrecision.here());
  }

  /** Likewise, in a process of several models. */
  static TorchEngine load(Path model, TorchModel.Options options, MachinePrecision machine) {
    TorchModel loaded = TorchModel.load(model, options, machine);
    for (String setting : loaded.files().generation().ignored()) {
      log.warn("Model {}: {} is not supported and ignored", loaded.files().name(), setting);
    }
    return new TorchEngine(loaded);
  }

  @Override
  public Description description() {
    KvCacheConfig cache = model.cache();
    MachinePrecision.InUse precision = model.precision();
    return new Description(
        KIND,
        model.files().name(),
        cache.slots(),
        cache.slotLength(),
        0,
        new Numerics(precision.precision().text(), precision.reason()),
        model.answers().kinds(),
        model.vision());
  }

  @Override
  public Admission admit(SequenceRequest task) {
    model.answers().requireOffered(task.input());
    PromptEncoder.Prompt encoded =
        model.prompts().prompt(task.input(), model.cache().slotLength() - 1);
    vocabulary.require("logit_bias", TokenIds.of(task.parameters().logitBias().tokens()));
    vocabulary.require("stop_token_ids", task.parameters().stop().tokenIds());
    Generation generation = model.generation(encoded, task);
    written(task.written(), generation);
    FinishReason finish = generation.finish();
    if (finish == null) {
      return new Admission(
          encoded.tokens().size(), batch.add(task.executionId(), task.tenant(), generation));
    }
    complete.put(task.executionId(), finish);
    return new Admission(encoded.tokens().size(), 0);
  }

  @Override
  public TokenIds tokenize(Payload input) {
    return TokenIds.of(model.prompts().encode(input, LONGEST * model.cache().slotLength()));
  }

  @Override
  public String detokenize(TokenIds tokens) {
    vocabulary.require("tokens", tokens);
    return model.tokenizer().spell(tokens.toArray());
  }

  @Override
  public boolean hasRoom() {
    return batch.hasRoom();
  }

  @Override
  public CacheUse cacheUse() {
    return batch.cacheUse();
  }

  @Override
  public void step(StepListener listener) {
    Map<Long, FinishReason> ended = Map.copyOf(complete);
    complete.clear();
    ended.forEach(listener::ended);
    batch.step(new Pieces(listener));
  }

  @Override
  public long nanosToNextStep() {
    return 0;
  }

  @Override
  public void cancel(long executionId) {
    complete.remove(executionId);
    batch.remove(executionId);
  }

  @Override
  public void close() {
    model.close();
  }

  /** Puts the generation where earlier attempts left it. */
  private void written(TokenIds tokens, Generation generation) {
    for (int i = 0; i < tokens.size() && generation.finish() == null; i++) {
      if (tokens.get(i) >= vocabulary.size()) {
        throw new FailureException(
            FailureCode.ENGINE_FAILED,
            "written token: " + tokens.get(i) + " (expected: less than " + vocabulary.size() + ")");
      }
      try {
        generation.accept(tokens.get(i));
      } catch (IllegalStateException e) {
        throw new FailureException(
            FailureCode.ENGINE_FAILED, "written " + String.valueOf(e.getMessage()));
      }
    }
  }

  /** Hands a step's pieces on in the engine's terms. */
  private record Pieces(StepListener listener) implements GenerationBatch.Listener {

    @Override
    public void piece(long executionId, int token, Generation.Piece piece) {
      if (piece.kept() || !piece.delta().isEmpty()) {
        TokenIds tokens = piece.kept() ? TokenIds.of(token) : TokenIds.NONE;
        listener.tokens(executionId, tokens, piece.delta(), piece.logprobs());
      }
      if (piece.finish() != null) {
        listener.ended(executionId, piece.finish());
      }
    }

    @Override
    public void guessed(int tokens, int right) {
      listener.guessed(tokens, right);
    }

    @Override
    public void failed(long executionId, Failure reason) {
      listener.failed(executionId, reason);
    }

    @Override
    public void failed(long executionId, EngineException reason) {
      String message = Objects.requireNonNullElse(reason.getMessage(), reason.toString());
      listener.failed(executionId, new Failure(FailureCode.ENGINE_FAILED, firstLine(message)));
    }

    private static String firstLine(String message) {
      return "libtorch: " + message.lines().findFirst().orElse("");
    }
  }
}
