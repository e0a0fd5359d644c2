package io.anyserve.loadtest.metering;

import io.anyserve.loadtest.Latency;
import io.anyserve.loadtest.LatencyRecorder;
import io.anyserve.runtime.kafka.KafkaClients;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests that are written to one topic and counted on another, by whatever stands between them.
 * Owned by one thread.
 */
final class Load implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final double NANOS_PER_SECOND = 1e9;

  private final Stopwatch watch = new Stopwatch(System::nanoTime);
  private final InFlightWindow flight = new InFlightWindow(PATIENCE);
  private final SyntheticWorker writer;
  private final CompletionCounter reader;

  Load(KafkaClients kafka, String from, String to, CompletionCounter.Stamp stamp) {
    writer = new SyntheticWorker(kafka, from, flight, watch);
    reader = new CompletionCounter(kafka, to, stamp, flight, watch);
  }

  void begin() {
    reader.begin();
  }

  /** Whoever waits learns of it. */
  void fail(Throwable cause) {
    flight.fail(cause);
  }

  long written() {
    return flight.written();
  }

  /** As fast as it goes with no more than that many requests under way; returns when none is. */
  Throughput closed(Duration warmUp, Duration length, int most)
      throws InterruptedException, TimeoutException {
    write(warmUp, most);
    long begin = watch.elapsedNanos();
    long before = flight.counted();
    write(length, most);
    double seconds = (watch.elapsedNanos() - begin) / NANOS_PER_SECOND;
    long requests = flight.counted() - before;
    flight.drain();
    return new Throughput(seconds, requests, requests * RequestTemplate.CHUNKS);
  }

  private void write(Duration length, int most) throws InterruptedException, TimeoutException {
    long end = watch.elapsedNanos() + length.toNanos();
    while (watch.elapsedNanos() < end) {
      writer.write(SyntheticWorker.WIDTH, most);
    }
  }

  /** At a pace, whatever is under way: how long after its end was written a request is counted. */
  Latency open(double perSecond, Duration warmUp, Duration length)
      throws InterruptedException, TimeoutException {
    pace(perSecond, warmUp);
    LatencyRecorder lag = reader.anew();
    pace(perSecond, length);
    flight.drain();
    return lag.latency();
  }

  private void pace(double perSecond, Duration length)
      throws InterruptedException, TimeoutException {
    long begin = watch.elapsedNanos();
    long all = due(perSecond, length.toNanos());
    long written = 0;
    while (written < all) {
      long due = Math.min(all, due(perSecond, watch.elapsedNanos() - begin));
      int step = (int) Math.min(SyntheticWorker.WIDTH, due - written);
      if (step > 0) {
        writer.write(step, Long.MAX_VALUE);
        written += step;
      } else {
        LockSupport.parkNanos(TICK_NANOS);
      }
    }
  }

  private static long due(double perSecond, long nanos) {
    return (long) (perSecond * nanos / NANOS_PER_SECOND);
  }

  @Override
  public void close() throws InterruptedException {
    writer.close();
    reader.close();
  }
}
