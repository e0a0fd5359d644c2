package io.anyserve.worker.schedule;

import io.anyserve.contracts.Priority;
import io.anyserve.contracts.TenantId;
import io.anyserve.worker.engine.Engine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The sequences in the engine, and the time it spent on them. Owned by the scheduler's thread. */
final class RunningSet {

  private final SequencedMap<Long, ScheduledSequence> byExecution = new LinkedHashMap<>();
  private final SequencedMap<Long, ScheduledSequence> batch = new LinkedHashMap<>();
  private final Map<TenantId, Integer> byTenant = new HashMap<>();
  private @Nullable ScheduledSequence refused;
  private long engineClock;

  Engine.Admission admit(Engine engine, ScheduledSequence sequence) {
    Engine.Admission admission = sequence.enter(engine);
    sequence.admitted(admission, engineClock);
    byExecution.put(sequence.executionId(), sequence);
    byTenant.merge(sequence.tenant(), 1, Integer::sum);
    if (sequence.priority() == Priority.BATCH) {
      batch.put(sequence.executionId(), sequence);
    }
    return admission;
  }

  /** Sequences of a tenant. */
  int slots(TenantId tenant) {
    return byTenant.getOrDefault(tenant, 0);
  }

  @Nullable ScheduledSequence get(long executionId) {
    return byExecution.get(executionId);
  }

  /** It has left its slot. */
  @Nullable ScheduledSequence left(long executionId) {
    ScheduledSequence sequence = byExecution.remove(executionId);
    batch.remove(executionId);
    if (sequence != null) {
      refused = null;
      sequence.left(engineClock);
      byTenant.computeIfPresent(
          sequence.tenant(), (tenant, count) -> count == 1 ? null : count - 1);
    }
    return sequence;
  }

  /** Takes those that match out; the engine is to hear of it. */
  List<ScheduledSequence> take(Predicate<ScheduledSequence> which) {
    List<ScheduledSequence> taken = new ArrayList<>();
    byExecution.values().stream().filter(which).forEach(taken::add);
    taken.forEach(sequence -> left(sequence.executionId()));
    return taken;
  }

  boolean any(Predicate<ScheduledSequence> which) {
    return byExecution.values().stream().anyMatch(which);
  }

  /** Of the batch sequences that give way now, the one that began last. */
  @Nullable ScheduledSequence lastToYield(long now) {
    for (ScheduledSequence sequence : batch.sequencedValues().reversed()) {
      if (sequence.yields(now)) {
        return sequence;
      }
    }
    return null;
  }

  /**
   * The one whose memory the others get: of those that give way, else of all, the last to begin.
   */
  ScheduledSequence lastToBegin(long now) {
    ScheduledSequence yields = lastToYield(now);
    return yields == null ? byExecution.lastEntry().getValue() : yields;
  }

  /** The engine has no room for that one, as long as none of these leaves. */
  void refuse(ScheduledSequence sequence) {
    refused = sequence;
  }

  boolean refuses(ScheduledSequence sequence) {
    return sequence.equals(refused);
  }

  void forEach(Consumer<ScheduledSequence> visitor) {
    byExecution.values().forEach(visitor);
  }

  List<ScheduledSequence> all() {
    return List.copyOf(byExecution.values());
  }

  /** Takes all out, when the engine is gone. */
  List<ScheduledSequence> clear() {
    return take(_ -> true);
  }

  /** The engine took a step of that length. */
  void stepped(long nanos) {
    engineClock += nanos;
  }

  boolean isEmpty() {
    return byExecution.isEmpty();
  }

  int size() {
    return byExecution.size();
  }
}
