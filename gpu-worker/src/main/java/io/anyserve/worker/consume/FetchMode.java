package io.anyserve.worker.consume;

/** The two ways of holding work, chosen by how long it takes. */
public enum FetchMode {
  /** Long generations: a consumer for each slot, as far as that goes; it holds little. */
  PER_SLOT,
  /** Short work: few consumers that take whole batches. */
  BATCH;

  /**
   * The mode with that name.
   *
   * @throws IllegalArgumentException for any other text
   */
  public static FetchMode of(String name) {
    return switch (name) {
      case "per-slot" -> PER_SLOT;
      case "batch" -> BATCH;
      default ->
          throw new IllegalArgumentException(
              "fetch-mode: " + name + " (expected: per-slot or batch)");
    };
  }
}
