package io.anyserve.worker.engine;

/**
 * How much an engine holds of its sequences' keys and values.
 *
 * @param pages that it may hold
 * @param running of them, those of sequences in the engine
 * @param kept of them, those of earlier prompts, which make room where it is needed
 */
public record CacheUse(int pages, int running, int kept) {

  /** Of an engine without such a cache. */
  public static final CacheUse NONE = new CacheUse(0, 0, 0);

  public CacheUse {
    if (running < 0 || kept < 0 || running + kept > pages) {
      throw new IllegalArgumentException(
          "pages: %d running, %d kept (expected: at most %d)".formatted(running, kept, pages));
    }
  }

  /** Pages that hold nothing. */
  public int free() {
    return pages - running - kept;
  }

  /** The share that sequences take, 0 to 1. */
  public double share() {
    return pages == 0 ? 0 : (double) running / pages;
  }
}
