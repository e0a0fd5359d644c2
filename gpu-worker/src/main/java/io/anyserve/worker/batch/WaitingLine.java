package io.anyserve.worker.batch;

import io.anyserve.contracts.Priority;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sequences without a slot: interactive before batch, each in order; but a batch sequence that
 * waited for long gets the next slot that is free. Owned by the batcher.
 */
final class WaitingLine {

  /** Nanoseconds after which a batch sequence has waited for long. */
  static final long PATIENCE = 10_000_000_000L;

  private final Deque<Sequence> interactive = new ArrayDeque<>();
  private final Deque<Sequence> batch = new ArrayDeque<>();

  void add(Sequence sequence) {
    lane(sequence.lane()).addLast(sequence);
  }

  /** Puts one back that had to make room: it is the next of its lane. */
  void putBack(Sequence sequence) {
    lane(sequence.lane()).addFirst(sequence);
  }

  /**
   * The next one, by that clock.
   *
   * @param free there is a slot that nobody has to leave
   */
  @Nullable Sequence first(boolean free, long now) {
    Sequence urgent = interactive.peekFirst();
    Sequence patient = batch.peekFirst();
    boolean overdue = patient != null && free && patient.waited(now) >= PATIENCE;
    return urgent == null || overdue ? patient : urgent;
  }

  /** The first one that matches. */
  @Nullable Sequence first(Predicate<Sequence> which) {
    for (Deque<Sequence> lane : List.of(interactive, batch)) {
      for (Sequence sequence : lane) {
        if (which.test(sequence)) {
          return sequence;
        }
      }
    }
    return null;
  }

  void remove(Sequence sequence) {
    lane(sequence.lane()).remove(sequence);
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

  private Deque<Sequence> lane(Priority lane) {
    return switch (lane) {
      case INTERACTIVE -> interactive;
      case BATCH -> batch;
    };
  }
}
