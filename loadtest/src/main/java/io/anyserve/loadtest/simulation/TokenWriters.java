package io.anyserve.loadtest.simulation;

/** Where workers write what happens to their sequences. */
interface TokenWriters {

  /** A worker begins it. */
  void started(ModelSequence sequence);

  /** It has so many more tokens, which go out with the next {@link #flush}. */
  void gather(ModelSequence sequence, int count);

  /** The step is over: what it brought for a partition goes into one record. */
  void flush();

  /** Its worker has died. */
  void lost(ModelSequence sequence);
}
