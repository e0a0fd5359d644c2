package io.anyserve.worker.torch.encoder;

import ai.djl.engine.EngineException;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.embedding.EmbeddingInput;
import io.anyserve.worker.answer.AnswerKinds;
import io.anyserve.worker.engine.EmbeddingRequest;
import io.anyserve.worker.engine.Engine;
import io.anyserve.worker.engine.SequenceRequest;
import io.anyserve.worker.engine.StepListener;
import io.anyserve.worker.engine.VectorChunks;
import io.anyserve.worker.engine.VocabularyLimit;
import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.precision.MachinePrecision;
import io.anyserve.worker.torch.precision.PrecisionSetting;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Serves the folder of a BERT model: makes tokens of texts, and vectors of tokens, or the relevance
 * of documents to a query.
 */
public final class EncoderEngine implements Engine {

  private final Description description;
  private final EncoderModel model;
  private final EncoderPrompts prompts;
  private final EmbeddingBatch batch;

  /** By execution, what is in a slot. */
  private final Map<Long, VectorChunks> answers = new HashMap<>();

  /**
   * How a model is run.
   *
   * @param slots requests at once
   * @param contextLength tokens of a text, at most the model's own
   * @param threads OpenMP threads of one operation
   * @param maxBatchTokens tokens of a step; a longer text is a step of its own
   */
  public record Options(
      PrecisionSetting precision, int slots, int contextLength, int threads, int maxBatchTokens) {}

  private EncoderEngine(String kind, EncoderModel model, Options options) {
    this.description = description(kind, model, options);
    this.model = model;
    this.prompts =
        new EncoderPrompts(
            model.tokenizer(),
            new VocabularyLimit(model.files().config().embedding().vocabulary()),
            description.contextLength());
    this.batch = new EmbeddingBatch(model.encoder(), options.maxBatchTokens);
  }

  /**
   * Loads the model; the calling thread owns the engine.
   *
   * @param machine shared by all models of a process
   * @throws InvalidModelException when a file is missing, damaged or of an unsupported kind
   */
  public static EncoderEngine load(
      String kind, Path folder, Options options, MachinePrecision machine) {
    EncoderModel model = EncoderModel.load(folder, options.precision, options.threads, machine);
    return new EncoderEngine(kind, model, options);
  }

  private static Description description(String kind, EncoderModel model, Options options) {
    MachinePrecision.InUse precision = model.precision();
    return new Description(
        kind,
        model.files().name(),
        options.slots,
        Math.min(options.contextLength, model.files().sentence().maxLength()),
        model.files().config().outputs(),
        new Numerics(precision.precision().text(), precision.reason()),
        model.files().config().scoresPairs() ? AnswerKinds.PAIRS : AnswerKinds.TEXT);
  }

  @Override
  public Description description() {
    return description;
  }

  @Override
  public Admission admit(SequenceRequest task) {
    throw new UnsupportedOperationException(
        description.model() + " makes vectors (expected: a model that writes text)");
  }

  @Override
  public Admission embed(EmbeddingRequest task) {
    if (answers.size() >= description.slots()) {
      throw new IllegalStateException("slots: all in use (expected: a free one)");
    }
    boolean pairs = description.answers().pairs();
    requireOffered(task, pairs);
    List<int[]> texts = pairs ? prompts.pairs(task.inputs()) : prompts.encode(task.inputs());
    EmbeddingRequest scored = pairs ? documents(task) : task;
    answers.put(task.executionId(), new VectorChunks(scored, description.embeddingDimensions()));
    batch.add(task.executionId(), texts, scored.embedded());
    return new Admission(texts.stream().mapToLong(text -> text.length).sum(), 0);
  }

  private void requireOffered(EmbeddingRequest task, boolean pairs) {
    if (pairs && !task.ranked()) {
      throw new FailureException(
          FailureCode.INVALID_REQUEST,
          description.model()
              + " scores a query and documents together (expected: documents to rank, or a model"
              + " that makes vectors)");
    }
  }

  /** What each has an output of its own. */
  private static EmbeddingRequest documents(EmbeddingRequest task) {
    List<EmbeddingInput> documents = task.inputs().subList(1, task.inputs().size());
    return new EmbeddingRequest(
        task.executionId(), documents, Math.min(task.embedded(), documents.size()));
  }

  @Override
  public TokenIds tokenize(Payload input) {
    return prompts.tokenize(input);
  }

  @Override
  public String detokenize(TokenIds tokens) {
    prompts.vocabulary().require("tokens", tokens);
    return model.tokenizer().spell(tokens.toArray());
  }

  @Override
  public void step(StepListener listener) {
    batch.step(new Vectors(listener));
  }

  @Override
  public long nanosToNextStep() {
    return 0;
  }

  @Override
  public void cancel(long executionId) {
    answers.remove(executionId);
    batch.remove(executionId);
  }

  @Override
  public void close() {
    model.close();
  }

  /** Hands a step's vectors on in the engine's terms. */
  private final class Vectors implements EmbeddingBatch.Listener {

    private final StepListener listener;

    Vectors(StepListener listener) {
      this.listener = listener;
    }

    @Override
    public void vectors(long executionId, int first, List<float[]> vectors) {
      VectorChunks answer = Objects.requireNonNull(answers.get(executionId));
      for (int i = 0; i < vectors.size(); i++) {
        answer.put(first + i, vectors.get(i));
      }
      if (answer.passOn(listener)) {
        cancel(executionId);
      }
    }

    @Override
    public void failed(long executionId, EngineException reason) {
      answers.remove(executionId);
      String message = Objects.requireNonNullElse(reason.getMessage(), reason.toString());
      listener.failed(
          executionId,
          new Failure(
              FailureCode.ENGINE_FAILED, "libtorch: " + message.lines().findFirst().orElse("")));
    }
  }
}
