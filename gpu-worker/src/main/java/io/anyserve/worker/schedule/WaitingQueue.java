package io.anyserve.worker.schedule;

import io.anyserve.contracts.Priority;
import io.anyserve.contracts.TenantId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sequences without a slot: interactive before batch; but a batch sequence that waited for long
 * gets the next slot that is free. Of one priority, the next is of the tenant that has the fewest
 * slots, and of one tenant in order. Owned by the scheduler.
 */
final class WaitingQueue {

  /** Nanoseconds after which a batch sequence has waited for long. */
  static final long STARVATION_TIMEOUT = 10_000_000_000L;

  private final Deque<ScheduledSequence> interactive = new ArrayDeque<>();
  private final Deque<ScheduledSequence> batch = new ArrayDeque<>();

  void add(ScheduledSequence sequence) {
    queue(sequence.priority()).addLast(sequence);
  }

  /** Puts a preempted sequence back: it is the next of its priority. */
  void requeue(ScheduledSequence sequence) {
    queue(sequence.priority()).addFirst(sequence);
  }

  /**
   * The next one, by that clock.
   *
   * @param free there is a slot that nobody has to leave
   * @param slots of a tenant's sequences
   */
  @Nullable ScheduledSequence first(boolean free, long now, ToIntFunction<TenantId> slots) {
    ScheduledSequence urgent = first(interactive, slots);
    ScheduledSequence waiting = first(batch, slots);
    boolean overdue = waiting != null && free && waiting.waited(now) >= STARVATION_TIMEOUT;
    return urgent == null || overdue ? waiting : urgent;
  }

  private static @Nullable ScheduledSequence first(
      Deque<ScheduledSequence> queue, ToIntFunction<TenantId> slots) {
    ScheduledSequence first = null;
    int fewest = Integer.MAX_VALUE;
    for (ScheduledSequence sequence : queue) {
      int held = slots.applyAsInt(sequence.tenant());
      if (held < fewest) {
        first = sequence;
        fewest = held;
      }
      if (fewest == 0) {
        return first;
      }
    }
    return first;
  }

  /** The first one that matches. */
  @Nullable ScheduledSequence first(Predicate<ScheduledSequence> which) {
    for (Deque<ScheduledSequence> queue : List.of(interactive, batch)) {
      for (ScheduledSequence sequence : queue) {
        if (which.test(sequence)) {
          return sequence;
        }
      }
    }
    return null;
  }

  void remove(ScheduledSequence sequence) {
    queue(sequence.priority()).remove(sequence);
  }

  /** Takes out all that match. */
  List<ScheduledSequence> remove(Predicate<ScheduledSequence> which) {
    List<ScheduledSequence> removed = new ArrayList<>();
    Predicate<ScheduledSequence> taken = sequence -> which.test(sequence) && removed.add(sequence);
    interactive.removeIf(taken);
    batch.removeIf(taken);
    return removed;
  }

  void forEach(Consumer<ScheduledSequence> visitor) {
    interactive.forEach(visitor);
    batch.forEach(visitor);
  }

  /** Interactive before batch, each in order. */
  List<ScheduledSequence> all() {
    return Stream.concat(interactive.stream(), batch.stream()).toList();
  }

  boolean isEmpty() {
    return interactive.isEmpty() && batch.isEmpty();
  }

  int size() {
    return interactive.size() + batch.size();
  }

  private Deque<ScheduledSequence> queue(Priority priority) {
    return switch (priority) {
      case INTERACTIVE -> interactive;
      case BATCH -> batch;
    };
  }
}
