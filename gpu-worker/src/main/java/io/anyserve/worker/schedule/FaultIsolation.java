package io.anyserve.worker.schedule;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the sequence at which an engine breaks. Owned by the scheduler's thread.
 *
 * <pre>
 * none -- engine breaks with several -->   all of them are suspects, and go on one after the other
 * suspect -- moves on -->                  cleared, the next one joins it
 * suspect -- engine breaks -->             it is the one; those that were cleared go on
 * </pre>
 *
 * <p>An engine that breaks without end has itself to blame, and all fail.
 */
final class FaultIsolation {

  private final Set<Long> executions = new HashSet<>();

  boolean none() {
    return executions.isEmpty();
  }

  boolean contains(ScheduledSequence sequence) {
    return executions.contains(sequence.executionId());
  }

  /** It moved on, or is not here any more. True when it was one. */
  boolean clear(long executionId) {
    return !executions.isEmpty() && executions.remove(executionId);
  }

  /**
   * The one at which the engine broke, of all that were in it; null when it may have been any of
   * them: then they are suspects.
   */
  @Nullable ScheduledSequence blame(List<ScheduledSequence> ran) {
    List<ScheduledSequence> uncleared =
        ran.size() == 1 ? ran : ran.stream().filter(this::contains).toList();
    if (uncleared.size() == 1) {
      executions.remove(uncleared.getFirst().executionId());
      return uncleared.getFirst();
    }
    ran.forEach(sequence -> executions.add(sequence.executionId()));
    return null;
  }

  /** Who may come into the engine next; null while a suspect is in it. */
  @Nullable ScheduledSequence next(
      WaitingQueue waiting, RunningSet running, boolean free, long now) {
    if (!none()) {
      if (running.any(this::contains)) {
        return null;
      }
      ScheduledSequence suspect = waiting.first(this::contains);
      if (suspect != null) {
        return suspect;
      }
      executions.clear();
    }
    return waiting.first(free, now, running::slots);
  }
}
