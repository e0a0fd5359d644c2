package io.anyserve.loadtest.run;

import io.anyserve.loadtest.StreamProbe;
import io.anyserve.loadtest.targets.LoadRequest;
import io.anyserve.loadtest.targets.LoadTarget;
import java.util.ArrayList;
import java.util.List;

/**
 * A service that answers one request after the other, each for a fixed time, by a fake clock: its
 * capacity is known. The first chunk comes when a request is served, the last one at its end.
 */
final class SimulatedService implements LoadTarget {

  final List<LoadRequest> received = new ArrayList<>();
  final List<Long> times = new ArrayList<>();

  private final FakeLoadClock clock;
  private final long serviceNanos;
  private long busyUntil;

  SimulatedService(FakeLoadClock clock, long serviceNanos) {
    this.clock = clock;
    this.serviceNanos = serviceNanos;
  }

  @Override
  public void send(LoadRequest request, StreamProbe probe) {
    received.add(request);
    times.add(clock.nanos());
    long begin = Math.max(clock.nanos(), busyUntil);
    busyUntil = begin + serviceNanos;
    clock.after(busyUntil - clock.nanos(), () -> answer(request, probe));
  }

  private static void answer(LoadRequest request, StreamProbe probe) {
    for (int i = 1; i <= request.answerTokens(); i++) {
      probe.chunk(1);
      if (probe.reading().keepsText()) {
        probe.text("word" + i + " ");
      }
      if (probe.reading().leaveAfter() == i) {
        probe.left();
        return;
      }
    }
    probe.completed();
  }

  @Override
  public void close() {}
}
