package io.anyserve.loadtest.run;

import io.anyserve.loadtest.targets.LoadRequest;
import io.anyserve.loadtest.targets.LoadTarget;
import java.io.IOException;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Sends the requests of a source when they are due, whatever the target does, and the further turns
 * of conversations when their answers are there. One thread runs it; answers come by others.
 */
final class LoadRun {

  private final SessionSource source;
  private final LoadTarget target;
  private final PhaseRecorder recorder;
  private final LoadClock clock;
  private final Span span;
  private final PriorityBlockingQueue<Arrival> turns =
      new PriorityBlockingQueue<>(16, Comparator.comparingLong(Arrival::due));
  private final AtomicLong open = new AtomicLong();

  /**
   * From when to when it runs, by the clock.
   *
   * @param end nothing is sent from then on
   * @param patience what has not ended by then is lost
   */
  record Span(long start, long end, long patience) {}

  LoadRun(
      SessionSource source, LoadTarget target, PhaseRecorder recorder, LoadClock clock, Span span) {
    this.source = source;
    this.target = target;
    this.recorder = recorder;
    this.clock = clock;
    this.span = span;
  }

  /** Returns when every request has ended, or at the end of the patience. */
  void run() throws IOException {
    @Nullable Arrival arrival = source.next().orElse(null);
    while (true) {
      @Nullable Arrival turn = turns.peek();
      boolean later = arrival == null || (turn != null && turn.due() < arrival.due());
      @Nullable Arrival due = later ? turn : arrival;
      if (due == null) {
        if (open.get() == 0 && turns.isEmpty()) {
          return;
        }
        if (clock.nanos() >= span.patience()) {
          return;
        }
        clock.waitUntil(span.patience());
      } else if (span.start() + due.due() > clock.nanos()) {
        clock.waitUntil(span.start() + due.due());
      } else if (later) {
        turns.remove(due);
        send(due);
      } else {
        send(due);
        arrival = source.next().orElse(null);
      }
    }
  }

  private void send(Arrival due) {
    long at = span.start() + due.due();
    CallerSession session = due.session();
    LoadRequest request = session.next();
    open.incrementAndGet();
    CallProbe probe = recorder.sent(session, at, this::ended);
    try {
      target.send(request, probe);
    } catch (RuntimeException e) {
      probe.failed(e);
    }
  }

  private void ended(CallerSession session, boolean answered) {
    long now = clock.nanos();
    Optional<Arrival> next =
        answered
            ? session
                .answered()
                .map(pause -> new Arrival(now - span.start() + pause.toNanos(), session))
            : Optional.empty();
    next.or(() -> source.replacement().map(caller -> new Arrival(now - span.start(), caller)))
        .filter(turn -> span.start() + turn.due() < span.end())
        .ifPresent(turns::add);
    open.decrementAndGet();
    clock.wake();
  }
}
