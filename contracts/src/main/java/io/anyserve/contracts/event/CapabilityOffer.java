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
    int embeddingDimensions) {

  /** Of an engine without precisions that writes text. */
  public CapabilityOffer(
      Capability name, String engine, String model, int slots, boolean loaded, int contextLength) {
    this(name, engine, model, slots, loaded, contextLength, "", "", 0);
  }
}
