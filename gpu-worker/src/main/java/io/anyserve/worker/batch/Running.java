package io.anyserve.worker.batch;

import io.anyserve.worker.engine.Engine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The sequences in the engine, and the time it spent on them. Owned by the batcher's thread. */
final class Running {

  private final Map<Long, Sequence> byRun = new LinkedHashMap<>();
  private long engineClock;

  void admit(Engine engine, Sequence sequence) {
    sequence.admitted(engine.admit(sequence.task()), engineClock);
    byRun.put(sequence.run(), sequence);
  }

  @Nullable Sequence get(long run) {
    return byRun.get(run);
  }

  /** It has left its slot. */
  @Nullable Sequence left(long run) {
    Sequence sequence = byRun.remove(run);
    if (sequence != null) {
      sequence.left(engineClock);
    }
    return sequence;
  }

  /** Takes those that match out of their slots. */
  List<Sequence> cancel(@Nullable Engine engine, Predicate<Sequence> which) {
    List<Sequence> cancelled = new ArrayList<>();
    byRun.values().stream().filter(which).forEach(cancelled::add);
    for (Sequence sequence : cancelled) {
      left(sequence.run());
      if (engine != null) {
        engine.cancel(sequence.run());
      }
    }
    return cancelled;
  }

  boolean any(Predicate<Sequence> which) {
    return byRun.values().stream().anyMatch(which);
  }

  /** Of the batch sequences that give way now, the one that began last. */
  @Nullable Sequence lastToYield(long now) {
    Sequence last = null;
    for (Sequence sequence : byRun.values()) {
      last = sequence.yields(now) ? sequence : last;
    }
    return last;
  }

  void forEach(Consumer<Sequence> visitor) {
    byRun.values().forEach(visitor);
  }

  List<Sequence> all() {
    return List.copyOf(byRun.values());
  }

  /** Takes all out, when the engine is gone. */
  List<Sequence> clear() {
    return cancel(null, _ -> true);
  }

  /** The engine took a step of that length. */
  void stepped(long nanos) {
    engineClock += nanos;
  }

  boolean isEmpty() {
    return byRun.isEmpty();
  }

  int size() {
    return byRun.size();
  }
}
