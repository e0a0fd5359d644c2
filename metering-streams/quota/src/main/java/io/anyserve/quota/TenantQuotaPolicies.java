package io.anyserve.quota;

import io.anyserve.quota.QuotaScope.EachKey;
import io.anyserve.quota.QuotaScope.EachSession;
import io.anyserve.quota.QuotaScope.OfKey;
import io.anyserve.quota.QuotaScope.OfSession;
import io.anyserve.quota.QuotaScope.OfTenant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The policies of one tenant, and to whom each applies. Immutable. */
final class TenantQuotaPolicies {

  static final TenantQuotaPolicies NONE = new TenantQuotaPolicies(List.of());

  private final Map<String, QuotaPolicy> byScope = new TreeMap<>();

  TenantQuotaPolicies(Collection<QuotaPolicy> policies) {
    policies.forEach(policy -> byScope.put(policy.scope().toString(), policy));
  }

  /** The same with one changed, or taken away. */
  TenantQuotaPolicies with(QuotaPolicy changed) {
    TenantQuotaPolicies next = new TenantQuotaPolicies(byScope.values());
    if (changed.limits().isEmpty()) {
      next.byScope.remove(changed.scope().toString());
    } else {
      next.byScope.put(changed.scope().toString(), changed);
    }
    return next;
  }

  boolean isEmpty() {
    return byScope.isEmpty();
  }

  List<QuotaPolicy> all() {
    return List.copyOf(byScope.values());
  }

  /** The limits of one tenant, key or session; none where it is not limited. */
  List<QuotaLimit> limits(QuotaScope scope) {
    @Nullable QuotaPolicy own = byScope.get(scope.toString());
    @Nullable QuotaPolicy policy = own == null ? byScope.get(general(scope)) : own;
    return policy == null ? List.of() : policy.limits();
  }

  private static String general(QuotaScope scope) {
    return switch (scope) {
      case OfTenant _, EachKey _, EachSession _ -> scope.toString();
      case OfKey(var tenant, String _) -> new EachKey(tenant).toString();
      case OfSession(var tenant, var _) -> new EachSession(tenant).toString();
    };
  }

  /** The scopes that count what it does: its tenant, its key, its session, as far as limited. */
  List<QuotaScope> scopes(QuotaSubject subject) {
    List<QuotaScope> scopes = new ArrayList<>(3);
    addLimited(new OfTenant(subject.tenant()), scopes);
    if (!subject.key().isEmpty()) {
      addLimited(new OfKey(subject.tenant(), subject.key()), scopes);
    }
    addLimited(new OfSession(subject.tenant(), subject.session()), scopes);
    return scopes;
  }

  private void addLimited(QuotaScope scope, List<QuotaScope> to) {
    if (!limits(scope).isEmpty()) {
      to.add(scope);
    }
  }

  boolean apply(QuotaSubject subject) {
    return !byScope.isEmpty() && !scopes(subject).isEmpty();
  }
}
