package io.anyserve.contracts.event;

import io.anyserve.contracts.Capability;

/**
 * What one worker can do.
 *
 * @param slots sequences that it runs at once
 * @param loaded the model is in memory now
 * @param contextLength tokens of prompt and answer together, of a single text where it embeds; 0
 *     where there is no such limit
 * @param precision what its engine computes in; empty until it is loaded, and where an engine has
 *     no choice
 * @param precisionReason why it is that precision
 * @param embeddingDimensions of the vectors that it makes of texts; 0 where it writes text
 * @param toolCalls it takes tools and tells tool calls apart from text
 * @param reasoning it tells what the model thought apart from text
 * @param scoresPairs it makes no vectors of texts but scores a query and a document together
 */
public record CapabilityOffer(
    Capability name,
    String engine,
    String model,
    int slots,
    boolean loaded,
    int contextLength,
    String precision,
    String precisionReason,
    int embeddingDimensions,
    boolean toolCalls,
    boolean reasoning,
    boolean scoresPairs) {

  /** Without tool calls and reasoning. */
  public CapabilityOffer(
      Capability name,
      String engine,
      String model,
      int slots,
      boolean loaded,
      int contextLength,
      String precision,
      String precisionReason,
      int embeddingDimensions) {
    this(
        name,
        engine,
        model,
        slots,
        loaded,
        contextLength,
        precision,
        precisionReason,
        embeddingDimensions,
        false,
        false,
        false);
  }

  /** Of an engine without precisions that writes text. */
  public CapabilityOffer(
      Capability name, String engine, String model, int slots, boolean loaded, int contextLength) {
    this(name, engine, model, slots, loaded, contextLength, "", "", 0);
  }

  /** The same with or without tool calls and reasoning. */
  public CapabilityOffer with(boolean offersToolCalls, boolean offersReasoning) {
    return new CapabilityOffer(
        name,
        engine,
        model,
        slots,
        loaded,
        contextLength,
        precision,
        precisionReason,
        embeddingDimensions,
        offersToolCalls,
        offersReasoning,
        scoresPairs);
  }

  /** The same of a model that scores pairs. */
  public CapabilityOffer ofPairs() {
    return new CapabilityOffer(
        name,
        engine,
        model,
        slots,
        loaded,
        contextLength,
        precision,
        precisionReason,
        embeddingDimensions,
        toolCalls,
        reasoning,
        true);
  }
}
