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

  /** Takes those that match out; the engine is to hear of it. */
  List<Sequence> take(Predicate<Sequence> which) {
    List<Sequence> taken = new ArrayList<>();
    byRun.values().stream().filter(which).forEach(taken::add);
    taken.forEach(sequence -> left(sequence.run()));
    return taken;
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
    return take(_ -> true);
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
