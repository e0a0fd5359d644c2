package io.anyserve.worker.engine;

import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.worker.answer.AnswerKinds;

/**
 * Runs sequences of one model, several at once. One thread owns an engine and makes all calls,
 * creation and close included.
 */
public interface Engine extends AutoCloseable {

  Description description();

  /**
   * Takes a sequence into a free slot; the caller sees to it that one is free. Says nothing to any
   * listener yet.
   *
   * @throws io.anyserve.contracts.FailureException when the input cannot be run; nothing is
   *     occupied then
   * @throws NoRoomException when others have to leave first; never while none is there
   */
  Admission admit(SequenceRequest task);

  /**
   * As {@link #admit}, for texts of which the vectors are wanted; asked only of an engine whose
   * description has embedding dimensions. The vectors leave as {@link VectorChunks} cuts them.
   *
   * @throws io.anyserve.contracts.FailureException when one of the texts cannot be run; nothing is
   *     occupied then
   */
  default Admission embed(EmbeddingRequest task) {
    throw new UnsupportedOperationException(
        description().model() + " writes text (expected: a model that embeds)");
  }

  /**
   * The prompt that this input makes, without running it: no slot is needed, and no cache changes.
   * It may be longer than the context, within reason.
   *
   * @throws io.anyserve.contracts.FailureException when the input makes no prompt
   */
  TokenIds tokenize(Payload input);

  /**
   * The text of these tokens, special ones by their names.
   *
   * @throws io.anyserve.contracts.FailureException INVALID_REQUEST for an id that the model does
   *     not have
   */
  String detokenize(TokenIds tokens);

  /**
   * Whether there is memory for all sequences to move on. Where there is not, a step leaves some of
   * them where they are until others have left; a single one always has room.
   */
  default boolean hasRoom() {
    return true;
  }

  default CacheUse cacheUse() {
    return CacheUse.NONE;
  }

  /**
   * Moves every admitted sequence on by one piece where one is due and it has room, and tells the
   * listener. A sequence that ended or failed has left its slot.
   */
  void step(StepListener listener);

  /** Nanoseconds until the next step has something to do; 0 for now, also when it is idle. */
  long nanosToNextStep();

  /** Frees the slot of a sequence before its end; unknown executions are ignored. */
  void cancel(long executionId);

  @Override
  void close();

  /**
   * What an engine found when it took a sequence.
   *
   * @param promptTokens the prompt's length, or that of all texts to embed
   * @param cachedTokens of them, those that need no prefill as a cache has them; 0 without a cache
   */
  record Admission(long promptTokens, long cachedTokens) {

    public Admission {
      if (promptTokens < 0 || cachedTokens < 0 || cachedTokens > promptTokens) {
        throw new IllegalArgumentException(
            "prompt and cached tokens: "
                + promptTokens
                + ", "
                + cachedTokens
                + " (expected: 0 <= cached <= prompt)");
      }
    }
  }

  /**
   * What an engine offers.
   *
   * @param kind "torch", "simulated", ...
   * @param slots sequences at once
   * @param contextLength tokens of prompt and answer together, of a single text where it embeds; 0
   *     where there is no such limit
   * @param embeddingDimensions of the vectors that it makes of texts; 0 where it writes text
   * @param numerics known once the model is loaded; {@link Numerics#NONE} until then, and where an
   *     engine has no choice of numbers
   * @param answers what its answers may have beside text
   * @param vision it takes images
   */
  record Description(
      String kind,
      String model,
      int slots,
      int contextLength,
      int embeddingDimensions,
      Numerics numerics,
      AnswerKinds answers,
      boolean vision) {

    /** Takes no images. */
    public Description(
        String kind,
        String model,
        int slots,
        int contextLength,
        int embeddingDimensions,
        Numerics numerics,
        AnswerKinds answers) {
      this(kind, model, slots, contextLength, embeddingDimensions, numerics, answers, false);
    }

    /** Writes nothing but text, if it writes. */
    public Description(
        String kind,
        String model,
        int slots,
        int contextLength,
        int embeddingDimensions,
        Numerics numerics) {
      this(kind, model, slots, contextLength, embeddingDimensions, numerics, AnswerKinds.TEXT);
    }

    /** Writes text, without a choice of numbers. */
    public Description(String kind, String model, int slots, int contextLength) {
      this(kind, model, slots, contextLength, Numerics.NONE);
    }

    /** Writes text. */
    public Description(String kind, String model, int slots, int contextLength, Numerics numerics) {
      this(kind, model, slots, contextLength, 0, numerics);
    }

    /** Whether its answers are vectors. */
    public boolean embeds() {
      return embeddingDimensions > 0;
    }
  }

  /**
   * What an engine computes in.
   *
   * @param precision "bf16_packed", ...
   * @param reason why it is that one; stays the same as long as machine and settings do
   */
  record Numerics(String precision, String reason) {

    public static final Numerics NONE = new Numerics("", "");
  }
}
