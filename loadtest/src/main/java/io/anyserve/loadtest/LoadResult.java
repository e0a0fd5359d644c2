package io.anyserve.loadtest;

/**
 * What one run brought; {@code started = finished + failed}.
 *
 * @param firstToken from the intended start to the first chunk
 * @param gap between one chunk and the next
 * @param duration from the intended start to the end
 * @param firstFailure the first one's text, empty when all went well
 */
public record LoadResult(
    double seconds,
    long finished,
    long failed,
    long chunks,
    long tokens,
    Latency firstToken,
    Latency gap,
    Latency duration,
    String firstFailure) {

  public double requestsPerSecond() {
    return finished / seconds;
  }

  public double chunksPerSecond() {
    return chunks / seconds;
  }
}
