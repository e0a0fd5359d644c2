package io.anyserve.loadtest.run;

import io.anyserve.loadtest.arrivals.Arrivals;
import io.anyserve.loadtest.scenario.Traffic;
import io.anyserve.loadtest.trace.TraceReader;
import io.anyserve.loadtest.trace.TraceRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The kinds of sources. */
final class SessionSources {

  private static final double NANOS_PER_SECOND = 1e9;

  private SessionSources() {}

  /** Callers that arrive at times of their own. */
  static SessionSource open(
      CallerMix mix, Arrivals arrivals, Duration length, RandomGenerator random) {
    Arrivals.Times times = arrivals.times(length, random);
    return () -> times.next().map(due -> new Arrival(due, mix.next()));
  }

  /** So many callers at a time; they begin within the first second. */
  static SessionSource closed(CallerMix mix, int callers) {
    return new Closed(mix, callers);
  }

  /** So many callers at once. */
  static SessionSource atOnce(CallerMix mix, int callers) {
    int[] left = {callers};
    return () -> left[0]-- > 0 ? Optional.of(new Arrival(0, mix.next())) : Optional.empty();
  }

  /** Requests of a trace, up to a length. */
  static SessionSource replay(
      CallerMix mix, TraceReader trace, Traffic.Replay replay, Duration length) {
    return new Replayed(mix, trace, replay, length.toNanos());
  }

  private static final class Closed implements SessionSource {

    private final CallerMix mix;
    private final int callers;
    private int begun;

    Closed(CallerMix mix, int callers) {
      this.mix = mix;
      this.callers = callers;
    }

    @Override
    public Optional<Arrival> next() {
      if (begun == callers) {
        return Optional.empty();
      }
      long due = (long) (NANOS_PER_SECOND * begun++ / callers);
      return Optional.of(new Arrival(due, mix.next()));
    }

    @Override
    public Optional<CallerSession> replacement() {
      return Optional.of(mix.next());
    }
  }

  private record Replayed(CallerMix mix, TraceReader trace, Traffic.Replay replay, long length)
      implements SessionSource {

    @Override
    public Optional<Arrival> next() throws IOException {
      return trace.next().filter(request -> due(request) < length).map(this::arrival);
    }

    private long due(TraceRequest request) {
      return (long) (request.nanos() / replay.speed());
    }

    private Arrival arrival(TraceRequest request) {
      return new Arrival(due(request), mix.next(request, replay.limits()));
    }

    @Override
    public void close() throws IOException {
      trace.close();
    }
  }
}
