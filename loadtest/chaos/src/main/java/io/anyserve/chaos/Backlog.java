package io.anyserve.chaos;

/**
 * The callers that a fault made wait; times in nanoseconds by the suite's clock.
 *
 * @param before callers that waited before it came
 * @param peak the most that waited
 * @param over when as few waited as before, or the suite waited for that no longer
 * @param drained as few waited as before
 */
record Backlog(int before, int peak, long over, boolean drained) {}
