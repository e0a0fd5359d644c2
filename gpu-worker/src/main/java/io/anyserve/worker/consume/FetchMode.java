package io.anyserve.worker.consume;

/** The two ways of holding work, chosen by how long it takes. */
public enum FetchMode {
  /** Long generations: a consumer for each slot, as far as that goes; it holds little. */
  SLOTS,
  /** Short work: few consumers that take whole batches. */
  BATCH
}
