package io.anyserve.contracts.quota;

import io.anyserve.contracts.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/** The folds of all partitions. One thread writes, any thread reads: one lock, held briefly. */
final class QuotaTable {

  private final Map<Integer, QuotaFold> folds = new HashMap<>();
  private final Map<Integer, Long> saved = new HashMap<>();
  private final Map<TenantId, Policies> policies = new ConcurrentHashMap<>();

  synchronized void load(Map<Integer, QuotaState> states) {
    states.forEach(
        (partition, state) -> {
          QuotaFold fold = new QuotaFold(state);
          folds.put(partition, fold);
          saved.put(partition, state.offset());
          fold.tenants().forEach(tenant -> policies.put(tenant, fold.policies(tenant)));
        });
  }

  synchronized void partitions(int count) {
    for (int partition = 0; partition < count; partition++) {
      folds.computeIfAbsent(partition, QuotaFold::new);
    }
  }

  synchronized long offset(int partition) {
    @Nullable QuotaFold fold = folds.get(partition);
    return fold == null ? 0 : fold.offset();
  }

  synchronized QuotaEffect apply(int partition, long offset, Instant time, QuotaEvent event) {
    QuotaFold fold = folds.computeIfAbsent(partition, QuotaFold::new);
    QuotaEffect effect = fold.apply(offset, time, event);
    if (event instanceof QuotaEvent.PolicyChanged) {
      policies.put(event.tenant(), fold.policies(event.tenant()));
    }
    return effect;
  }

  /** Without the lock: asked for every request. */
  boolean limits(Holder holder) {
    @Nullable Policies found = policies.get(holder.tenant());
    return found != null && found.apply(holder);
  }

  /** Without the lock. */
  Policies policies(TenantId tenant) {
    return policies.getOrDefault(tenant, Policies.NONE);
  }

  synchronized Optional<LimitState> tightest(Holder holder, Instant now) {
    return fold(holder.tenant()).flatMap(fold -> fold.tightest(holder, now));
  }

  synchronized QuotaView view(TenantId tenant, Instant now) {
    return fold(tenant).map(fold -> fold.view(tenant, now)).orElseGet(() -> QuotaView.none(tenant));
  }

  synchronized List<TenantId> tenants() {
    return folds.values().stream().flatMap(fold -> fold.tenants().stream()).sorted().toList();
  }

  /** Those that changed since they were asked for. */
  synchronized List<QuotaState> unsaved() {
    List<QuotaState> states = new ArrayList<>();
    folds.forEach(
        (partition, fold) -> {
          if (fold.offset() > saved.getOrDefault(partition, 0L)) {
            states.add(fold.state());
            saved.put(partition, fold.offset());
          }
        });
    return states;
  }

  /** As Kafka's producer chooses the partition of a key. */
  private Optional<QuotaFold> fold(TenantId tenant) {
    return folds.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(
            folds.get(Utils.toPositive(Utils.murmur2(QuotaWire.key(tenant))) % folds.size()));
  }
}
