package io.anyserve.quota;

import io.anyserve.contracts.TenantId;
import java.util.List;

/**
 * The quotas of a tenant at a moment.
 *
 * @param limits of every key and session that used something, where each has its own
 */
public record QuotaStatus(TenantId tenant, List<QuotaPolicy> policies, List<LimitStatus> limits) {

  public QuotaStatus {
    policies = List.copyOf(policies);
    limits = List.copyOf(limits);
  }

  public static QuotaStatus none(TenantId tenant) {
    return new QuotaStatus(tenant, List.of(), List.of());
  }
}
