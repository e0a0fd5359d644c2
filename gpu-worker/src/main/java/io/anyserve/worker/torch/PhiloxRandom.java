package io.anyserve.worker.torch;

/**
 * Uniform numbers as a function of a seed and a position, so that a stream continued elsewhere
 * draws what it would have drawn here.
 *
 * <p>The function is Philox2x64-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy
 * as 1, 2, 3", SC 2011): the key is the seed, the counter the position.
 */
final class PhiloxRandom {

  private static final long MULTIPLIER = 0xD2B74407B1CE6E93L;
  private static final long KEY_STEP = 0x9E3779B97F4A7C15L;
  private static final int ROUNDS = 10;

  private PhiloxRandom() {}

  /** At least 0 and less than 1, a multiple of 2^-53. */
  static double uniform(long seed, long position) {
    return (philox(position, 0, seed)[0] >>> 11) * 0x1.0p-53;
  }

  /** Both words of the block cipher at the counter (low, high). */
  static long[] philox(long low, long high, long key) {
    for (int round = 0; round < ROUNDS; round++) {
      long carried = Math.unsignedMultiplyHigh(MULTIPLIER, low) ^ key ^ high;
      high = MULTIPLIER * low;
      low = carried;
      key += KEY_STEP;
    }
    return new long[] {low, high};
  }
}
