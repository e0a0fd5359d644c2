package io.anyserve.worker.batch;

import io.anyserve.contracts.Lane;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Sequences without a slot: interactive before batch, each in order. Owned by the batcher. */
final class WaitingLine {

  private final Deque<Sequence> interactive = new ArrayDeque<>();
  private final Deque<Sequence> batch = new ArrayDeque<>();

  void add(Sequence sequence) {
    lane(sequence.lane()).addLast(sequence);
  }

  /** Puts one back that had to make room: it is the next of its lane. */
  void putBack(Sequence sequence) {
    lane(sequence.lane()).addFirst(sequence);
  }

  @Nullable Sequence first() {
    Sequence first = interactive.peekFirst();
    return first != null ? first : batch.peekFirst();
  }

  /** Takes out the first one. */
  void remove(Sequence first) {
    lane(first.lane()).removeFirst();
  }

  /** Takes out all that match. */
  List<Sequence> remove(Predicate<Sequence> which) {
    List<Sequence> removed = new ArrayList<>();
    Predicate<Sequence> taken = sequence -> which.test(sequence) && removed.add(sequence);
    interactive.removeIf(taken);
    batch.removeIf(taken);
    return removed;
  }

  void forEach(Consumer<Sequence> visitor) {
    interactive.forEach(visitor);
    batch.forEach(visitor);
  }

  boolean isEmpty() {
    return interactive.isEmpty() && batch.isEmpty();
  }

  int size() {
    return interactive.size() + batch.size();
  }

  private Deque<Sequence> lane(Lane lane) {
    return switch (lane) {
      case INTERACTIVE -> interactive;
      case BATCH -> batch;
    };
  }
}
