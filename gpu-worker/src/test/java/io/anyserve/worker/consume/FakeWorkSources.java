package io.anyserve.worker.consume;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** Sources that are opened one after another, and a broker that is back after some questions. */
final class FakeWorkSources implements RecordSourceFactory {

  private final Queue<RecordSource> sources = new ArrayDeque<>();
  private final List<Duration> pauses = new ArrayList<>();
  private int silence;

  FakeWorkSources(RecordSource first) {
    sources.add(first);
  }

  void add(RecordSource next) {
    sources.add(next);
  }

  /** So many questions find no broker. */
  void silent(int questions) {
    silence = questions;
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
  public boolean brokerAnswers() {
    return silence-- <= 0;
  }
}
