package io.anyserve.worker.consume;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.BooleanSupplier;

/** Sources that are opened one after another, and a broker that comes back at once. */
final class FakeWorkSources implements RecordSourceFactory {

  private final Queue<RecordSource> sources = new ArrayDeque<>();
  private final List<Duration> pauses = new ArrayList<>();
  private Runnable awaited = () -> {};

  FakeWorkSources(RecordSource first) {
    sources.add(first);
  }

  void add(RecordSource next) {
    sources.add(next);
  }

  /** What happens while somebody waits for the broker. */
  void whenAwaited(Runnable task) {
    awaited = task;
  }

  @Override
  public RecordSource open() {
    return sources.remove();
  }

  /** How long nobody tried, each time. */
  List<Duration> pauses() {
    return pauses;
  }

  @Override
  public void pause(Duration length) {
    pauses.add(length);
  }

  @Override
  public void awaitBroker(BooleanSupplier unwanted) {
    awaited.run();
  }
}
