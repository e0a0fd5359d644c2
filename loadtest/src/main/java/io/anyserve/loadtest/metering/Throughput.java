package io.anyserve.loadtest.metering;

/** Requests that were counted in so many seconds, and the chunks they had. */
public record Throughput(double seconds, long requests, long chunks) {

  public double requestsPerSecond() {
    return requests / seconds;
  }

  public double chunksPerSecond() {
    return chunks / seconds;
  }
}
