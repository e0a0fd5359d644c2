package io.anyserve.quota;

import io.anyserve.contracts.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who is let in, by the records of one partition of {@code quotas}: whoever reads them comes to the
 * same answers. Pure: no clock but the log's, no I/O. Not thread-safe.
 *
 * <p>A reservation is granted if and only if, for every limit that applies, what is used and
 * reserved in the period of its record and what it is granted stay within the limit.
 */
public final class QuotaStateMachine {

  private final int partition;
  private final Map<TenantId, TenantQuotaState> tenants = new HashMap<>();
  private long offset;
  private long time;

  public QuotaStateMachine(int partition) {
    this(QuotaSnapshot.empty(partition));
  }

  /** Goes on from a snapshot. */
  public QuotaStateMachine(QuotaSnapshot state) {
    this.partition = state.partition();
    this.offset = state.offset();
    this.time = state.time();
    state.tenants().forEach(tenant -> tenants.put(tenant.tenant(), new TenantQuotaState(tenant)));
  }

  /**
   * The next record; one that was folded before is passed over.
   *
   * @param at its time by the log's clock
   */
  public QuotaTransition apply(long at, Instant logTime, QuotaEvent event) {
    if (at < offset) {
      return QuotaTransition.NOTHING;
    }
    offset = at + 1;
    passTo(logTime.toEpochMilli());
    return tenants
        .computeIfAbsent(event.tenant(), _ -> new TenantQuotaState())
        .apply(at, time, event);
  }

  private void passTo(long next) {
    boolean newDay = Period.DAY.startOf(next) > Period.DAY.startOf(time);
    time = Math.max(time, next);
    if (newDay) {
      tenants.values().forEach(quota -> quota.prune(time));
      tenants.values().removeIf(TenantQuotaState::isEmpty);
    }
  }

  /** Records before that one are folded, or say nothing. */
  public void skipTo(long next) {
    offset = Math.max(offset, next);
  }

  /** The next record's offset. */
  public long offset() {
    return offset;
  }

  /** Some limit applies. */
  public boolean limits(QuotaSubject subject) {
    return policies(subject.tenant()).apply(subject);
  }

  /** The limit of which a request finds the smallest part left; empty where none applies. */
  public Optional<LimitStatus> tightest(QuotaSubject subject, Instant now) {
    @Nullable TenantQuotaState quota = tenants.get(subject.tenant());
    return quota == null
        ? Optional.empty()
        : quota.limits(subject, now.toEpochMilli()).stream()
            .reduce((one, other) -> other.isTighterThan(one) ? other : one);
  }

  /** Its policies; none where nothing limits it. */
  TenantQuotaPolicies policies(TenantId tenant) {
    @Nullable TenantQuotaState quota = tenants.get(tenant);
    return quota == null ? TenantQuotaPolicies.NONE : quota.policies();
  }

  public QuotaStatus view(TenantId tenant, Instant now) {
    @Nullable TenantQuotaState quota = tenants.get(tenant);
    return quota == null
        ? QuotaStatus.none(tenant)
        : new QuotaStatus(tenant, quota.policies().all(), quota.limits(now.toEpochMilli()));
  }

  /** Tenants with a policy. */
  public List<TenantId> tenants() {
    List<TenantId> limited = new ArrayList<>();
    tenants.forEach(
        (tenant, quota) -> {
          if (!quota.policies().isEmpty()) {
            limited.add(tenant);
          }
        });
    return limited.stream().sorted().toList();
  }

  /** As it stands; equal for all who folded the same records. */
  public QuotaSnapshot state() {
    List<QuotaSnapshot.OfTenant> states =
        tenants.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .filter(entry -> !entry.getValue().isEmpty())
            .map(entry -> entry.getValue().state(entry.getKey()))
            .toList();
    return new QuotaSnapshot(partition, offset, time, states);
  }
}
