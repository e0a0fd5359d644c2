package io.anyserve.loadtest.run;

import io.anyserve.loadtest.ReadingStyle;
import io.anyserve.loadtest.StreamProbe;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Times one request from when it was due; the gaps of a slow reader are its own and do not count.
 * Called by one thread at a time; of several ends the first one counts.
 */
final class CallProbe implements StreamProbe {

  private static final double NANOS_PER_MICRO = 1_000;

  /** Hears that the request ended. */
  @FunctionalInterface
  interface End {

    /**
     * Called once.
     *
     * @param answered the answer is complete
     */
    void ended(CallerSession session, boolean answered);
  }

  private final PhaseRecorder recorder;
  private final List<CallStats> stats;
  private final long due;
  private final CallerSession session;
  private final ReadingStyle reading;
  private final End end;
  private final AtomicBoolean over = new AtomicBoolean();
  private long first;
  private long last;
  private long chunks;
  private long tokens;

  /**
   * @param stats that the request counts for; none where it is not measured
   */
  CallProbe(
      PhaseRecorder recorder, List<CallStats> stats, long due, CallerSession session, End end) {
    this.recorder = recorder;
    this.stats = stats;
    this.due = due;
    this.session = session;
    this.end = end;
    this.reading = session.reading();
  }

  @Override
  public ReadingStyle reading() {
    return reading;
  }

  @Override
  public void chunk(int count) {
    long now = recorder.now();
    if (chunks == 0) {
      first = now;
      stats.forEach(each -> each.firstToken.record(now - due));
    } else if (reading.pause().isZero()) {
      long gap = now - last;
      stats.forEach(each -> each.gap.record(gap));
    }
    chunks++;
    last = now;
    stats.forEach(each -> each.chunks.increment());
    count(now, count);
  }

  @Override
  public void told(int count) {
    count(recorder.now(), count);
  }

  private void count(long now, int count) {
    tokens += count;
    stats.forEach(each -> each.tokens.add(count));
    recorder.tokens(now, count);
  }

  @Override
  public void text(String text) {
    session.heard(text);
  }

  @Override
  public void completed() {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    long now = recorder.now();
    double perToken = tokens > 1 ? (last - first) / (tokens - 1.0) : 0;
    boolean good =
        recorder.good(
            (first - due) / NANOS_PER_MICRO,
            perToken / NANOS_PER_MICRO,
            (now - due) / NANOS_PER_MICRO);
    for (CallStats each : stats) {
      each.finished.increment();
      each.duration.record(now - due);
      each.good.add(good ? 1 : 0);
      if (chunks > 1 && tokens > 1 && reading.pause().isZero()) {
        each.perToken.record((long) perToken);
      }
    }
    recorder.finished(now, good);
    end.ended(session, true);
  }

  @Override
  public void failed(Throwable cause) {
    if (over.compareAndSet(false, true)) {
      stats.forEach(each -> each.failed.increment());
      recorder.failed(recorder.now(), cause, !stats.isEmpty());
      end.ended(session, false);
    }
  }

  @Override
  public void left() {
    if (over.compareAndSet(false, true)) {
      stats.forEach(each -> each.left.increment());
      recorder.left(recorder.now());
      end.ended(session, false);
    }
  }
}
