package io.anyserve.worker.torch.gguf;

import java.lang.foreign.MemorySegment;

/** Turns one block of quantised numbers into floats. */
@FunctionalInterface
interface BlockDecoder {

  /**
   * Decodes the block at an offset into the elements of an array from an index on. A scale that is
   * not finite makes all of them not finite.
   */
  void decode(MemorySegment source, long at, float[] target, int to);
}
