package io.anyserve.worker.batch;

/** Fences earlier attempts at a request off and finds out what they wrote. */
public interface Takeover {

  /**
   * Writes the run's Started and reads the stream back; then the work comes again through the
   * inbox, unless the request has ended. Does not block.
   *
   * @param promptTokens for the Started, 0 where the engine refuses the input
   */
  void begin(Work work, long promptTokens);

  /**
   * Reads the stream of a run that may have been fenced off without its knowledge; it is over then.
   * Does not block.
   */
  void recheck(Work work);
}
