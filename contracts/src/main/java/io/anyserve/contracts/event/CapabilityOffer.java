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
 * @param vision it takes images
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
    boolean vision,
    boolean scoresPairs) {

  /** Without tool calls, reasoning and images. */
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
    return with(offersToolCalls, offersReasoning, vision, scoresPairs);
  }

  /** The same with or without images. */
  public CapabilityOffer withVision(boolean offersVision) {
    return with(toolCalls, reasoning, offersVision, scoresPairs);
  }

  /** The same of a model that scores pairs. */
  public CapabilityOffer ofPairs() {
    return with(toolCalls, reasoning, vision, true);
  }

  private CapabilityOffer with(
      boolean offersToolCalls, boolean offersReasoning, boolean offersVision, boolean ofPairs) {
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
        offersVision,
        ofPairs);
  }
}
