package io.anyserve.worker.consume;

/** The two ways of holding work, chosen by how long it takes. */
public enum FetchMode {
  /** Long generations: a consumer for each slot, as far as that goes; it holds little. */
  PER_SLOT("per-slot"),
  /** Short work: few consumers that take whole batches. */
  BATCH("batch");

  private final String text;

  FetchMode(String text) {
    this.text = text;
  }

  /** As settings write it. */
  public String text() {
    return text;
  }
}
