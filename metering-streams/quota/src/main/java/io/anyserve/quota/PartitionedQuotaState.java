package io.anyserve.quota;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.topic.TenantPartition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The folds of all partitions. One thread writes, any thread reads: one lock, held briefly. */
final class PartitionedQuotaState {

  private final Map<Integer, QuotaStateMachine> folds = new HashMap<>();
  private final Map<Integer, Long> saved = new HashMap<>();
  private final Map<TenantId, TenantQuotaPolicies> policies = new ConcurrentHashMap<>();

  synchronized void load(Map<Integer, QuotaSnapshot> states) {
    states.forEach(
        (partition, state) -> {
          QuotaStateMachine fold = new QuotaStateMachine(state);
          folds.put(partition, fold);
          saved.put(partition, state.offset());
          fold.tenants().forEach(tenant -> policies.put(tenant, fold.policies(tenant)));
        });
  }

  synchronized void partitions(int count) {
    for (int partition = 0; partition < count; partition++) {
      folds.computeIfAbsent(partition, QuotaStateMachine::new);
    }
  }

  synchronized long offset(int partition) {
    @Nullable QuotaStateMachine fold = folds.get(partition);
    return fold == null ? 0 : fold.offset();
  }

  synchronized QuotaTransition apply(int partition, long offset, Instant time, QuotaEvent event) {
    QuotaStateMachine fold = folds.computeIfAbsent(partition, QuotaStateMachine::new);
    QuotaTransition effect = fold.apply(offset, time, event);
    if (event instanceof QuotaEvent.PolicyChanged) {
      policies.put(event.tenant(), fold.policies(event.tenant()));
    }
    return effect;
  }

  /** Without the lock: asked for every request. */
  boolean limits(QuotaSubject subject) {
    @Nullable TenantQuotaPolicies found = policies.get(subject.tenant());
    return found != null && found.apply(subject);
  }

  /** Without the lock. */
  TenantQuotaPolicies policies(TenantId tenant) {
    return policies.getOrDefault(tenant, TenantQuotaPolicies.NONE);
  }

  synchronized Optional<LimitStatus> tightest(QuotaSubject subject, Instant now) {
    return fold(subject.tenant()).flatMap(fold -> fold.tightest(subject, now));
  }

  synchronized QuotaStatus view(TenantId tenant, Instant now) {
    return fold(tenant)
        .map(fold -> fold.view(tenant, now))
        .orElseGet(() -> QuotaStatus.none(tenant));
  }

  synchronized List<TenantId> tenants() {
    return folds.values().stream().flatMap(fold -> fold.tenants().stream()).sorted().toList();
  }

  /** Those that changed since they were asked for. */
  synchronized List<QuotaSnapshot> unsaved() {
    List<QuotaSnapshot> states = new ArrayList<>();
    folds.forEach(
        (partition, fold) -> {
          if (fold.offset() > saved.getOrDefault(partition, 0L)) {
            states.add(fold.state());
            saved.put(partition, fold.offset());
          }
        });
    return states;
  }

  private Optional<QuotaStateMachine> fold(TenantId tenant) {
    return folds.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(folds.get(TenantPartition.of(tenant, folds.size())));
  }
}
