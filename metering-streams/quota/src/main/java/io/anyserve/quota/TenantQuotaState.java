package io.anyserve.quota;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.quota.QuotaEvent.PolicyChanged;
import io.anyserve.quota.QuotaEvent.Release;
import io.anyserve.quota.QuotaEvent.Reserve;
import io.anyserve.quota.QuotaEvent.Settle;
import io.anyserve.quota.ReservationDecision.Granted;
import io.anyserve.quota.ReservationDecision.Refused;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The quotas of one tenant: a pure fold of its records. Not thread-safe.
 *
 * <pre>
 * Reserve --> refused, or reserved -- Settle -->            used, in the period of the Reserve
 *                         reserved -- Release, overdue -->  expired: free again
 *                         expired  -- Settle -->            used
 *                         expired  -- a day -->             forgotten
 * </pre>
 */
final class TenantQuotaState {

  private TenantQuotaPolicies policies;
  private final Map<String, Counted> uses = new TreeMap<>();
  private final Reservations reservations = new Reservations();

  /** A scope with what it used. */
  record Counted(QuotaScope scope, PeriodUsage use) {}

  TenantQuotaState() {
    this.policies = TenantQuotaPolicies.NONE;
  }

  TenantQuotaState(QuotaSnapshot.OfTenant state) {
    this.policies = new TenantQuotaPolicies(state.policies());
    state.uses().forEach(counted -> uses.put(counted.scope().toString(), counted));
    state.reservations().forEach(reservations::put);
  }

  TenantQuotaPolicies policies() {
    return policies;
  }

  /**
   * The next record.
   *
   * @param time by the log's clock, milliseconds since the epoch, never before an earlier one's
   */
  QuotaTransition apply(long offset, long time, QuotaEvent event) {
    reservations.expire(time, this::free);
    return switch (event) {
      case Reserve reserve ->
          new QuotaTransition.Decided(
              reserve.subject(), reserve.nonce(), reserve(offset, time, reserve));
      case Settle settle -> settle(settle);
      case Release release -> release(release, time);
      case PolicyChanged(QuotaPolicy policy) -> change(policy, time);
    };
  }

  private ReservationDecision reserve(long offset, long time, Reserve reserve) {
    @Nullable Reservation known = reservations.get(reserve.subject().request());
    if (known != null && !known.expired()) {
      return new Granted(known.budget());
    }
    GrantCalculator allowance = new GrantCalculator(reserve.requested());
    List<QuotaScope> scopes = policies.scopes(reserve.subject());
    for (QuotaScope scope : scopes) {
      for (QuotaLimit limit : policies.limits(scope)) {
        if (!allowance.fits(state(scope, limit, time))) {
          return new Refused(state(scope, limit, time), allowance.needed(limit.unit()));
        }
      }
    }
    hold(scopes, offset, time, reserve, allowance);
    return new Granted(allowance.budget());
  }

  private void hold(
      List<QuotaScope> scopes, long offset, long time, Reserve reserve, GrantCalculator allowance) {
    if (scopes.isEmpty()) {
      return;
    }
    for (QuotaScope scope : scopes) {
      uses.computeIfAbsent(scope.toString(), _ -> new Counted(scope, new PeriodUsage(offset)))
          .use()
          .reserve(time, allowance.amounts());
    }
    reservations.put(
        new Reservation(
            reserve.subject(),
            reserve.nonce(),
            allowance.amounts(),
            allowance.budget(),
            offset,
            time,
            reserve.expiresAt().toEpochMilli(),
            false));
  }

  private QuotaTransition settle(Settle settle) {
    @Nullable Reservation held = reservations.remove(settle.request());
    if (held != null) {
      settle(held, settle.used());
    }
    return QuotaTransition.NOTHING;
  }

  private QuotaTransition release(Release release, long time) {
    @Nullable Reservation held = reservations.get(release.request());
    if (held != null && held.nonce() == release.nonce() && !held.expired()) {
      free(held);
      reservations.expire(held, time);
    }
    return QuotaTransition.NOTHING;
  }

  private void free(Reservation lapsing) {
    settle(lapsing, QuotaAmounts.NONE);
  }

  private void settle(Reservation held, QuotaAmounts used) {
    for (QuotaScope scope : policies.scopes(held.subject())) {
      @Nullable Counted counted = uses.get(scope.toString());
      if (counted != null && counted.use().since() <= held.offset()) {
        counted.use().settle(held.at(), held.open(), used);
      }
    }
  }

  private QuotaTransition change(QuotaPolicy policy, long time) {
    policies = policies.with(policy);
    uses.values().removeIf(counted -> policies.limits(counted.scope()).isEmpty());
    Set<RequestId> cut = new LinkedHashSet<>();
    uses.values().forEach(counted -> cut(counted, time, cut));
    return cut.isEmpty() ? QuotaTransition.NOTHING : new QuotaTransition.Revoked(List.copyOf(cut));
  }

  private void cut(Counted counted, long time, Set<RequestId> cut) {
    for (QuotaLimit limit : policies.limits(counted.scope())) {
      LimitStatus state = counted.use().state(counted.scope(), limit, time);
      long over = state.used() + state.reserved() - limit.amount();
      for (Reservation held : over > 0 ? reservations.newestFirst() : List.<Reservation>of()) {
        if (over > 0 && isIn(held, counted, limit.period(), time)) {
          over -= held.held().of(limit.unit());
          cut.add(held.subject().request());
        }
      }
    }
  }

  private boolean isIn(Reservation held, Counted counted, Period period, long time) {
    return counted.use().since() <= held.offset()
        && period.startOf(held.at()) == period.startOf(time)
        && policies.scopes(held.subject()).contains(counted.scope());
  }

  private LimitStatus state(QuotaScope scope, QuotaLimit limit, long time) {
    @Nullable Counted counted = uses.get(scope.toString());
    return (counted == null ? new PeriodUsage(0) : counted.use()).state(scope, limit, time);
  }

  /** The limits that a request comes under. */
  List<LimitStatus> limits(QuotaSubject subject, long time) {
    List<LimitStatus> limits = new ArrayList<>();
    policies.scopes(subject).forEach(scope -> addLimits(scope, time, limits));
    return limits;
  }

  /** All limits, those of each key and session as far as they used something. */
  List<LimitStatus> limits(long time) {
    Map<String, QuotaScope> scopes = new TreeMap<>();
    uses.values().stream()
        .filter(counted -> !counted.use().isOver(time))
        .forEach(counted -> scopes.put(counted.scope().toString(), counted.scope()));
    policies.all().stream()
        .map(QuotaPolicy::scope)
        .filter(TenantQuotaState::isOne)
        .forEach(scope -> scopes.put(scope.toString(), scope));
    List<LimitStatus> limits = new ArrayList<>();
    scopes.values().forEach(scope -> addLimits(scope, time, limits));
    return limits;
  }

  private static boolean isOne(QuotaScope scope) {
    return switch (scope) {
      case QuotaScope.OfTenant _, QuotaScope.OfKey _, QuotaScope.OfSession _ -> true;
      case QuotaScope.EachKey _, QuotaScope.EachSession _ -> false;
    };
  }

  private void addLimits(QuotaScope scope, long time, List<LimitStatus> to) {
    policies.limits(scope).forEach(limit -> to.add(state(scope, limit, time)));
  }

  /** Drops what says nothing about the present: keys and sessions that are not used any more. */
  void prune(long time) {
    reservations.expire(time, this::free);
    Set<String> held = new HashSet<>();
    reservations
        .all()
        .forEach(
            reservation ->
                policies
                    .scopes(reservation.subject())
                    .forEach(scope -> held.add(scope.toString())));
    uses.values()
        .removeIf(
            counted -> counted.use().isOver(time) && !held.contains(counted.scope().toString()));
  }

  /** Nothing would be different without it. */
  boolean isEmpty() {
    return policies.isEmpty() && reservations.all().isEmpty();
  }

  QuotaSnapshot.OfTenant state(TenantId tenant) {
    return new QuotaSnapshot.OfTenant(
        tenant, policies.all(), List.copyOf(uses.values()), List.copyOf(reservations.all()));
  }
}
