package io.anyserve.worker.intake;

/** The two ways of holding work, chosen by how long it takes. */
public enum Hold {
  /** Long generations: a consumer for each slot, as far as that goes; it holds little. */
  SLOTS,
  /** Short work: few consumers that take whole batches. */
  BATCH
}
