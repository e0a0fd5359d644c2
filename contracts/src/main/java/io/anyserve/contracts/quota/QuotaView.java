package io.anyserve.contracts.quota;

import io.anyserve.contracts.TenantId;
import java.util.List;

/**
 * The quotas of a tenant at a moment.
 *
 * @param limits of every key and session that used something, where each has its own
 */
public record QuotaView(TenantId tenant, List<QuotaPolicy> policies, List<LimitState> limits) {

  public QuotaView {
    policies = List.copyOf(policies);
    limits = List.copyOf(limits);
  }

  public static QuotaView none(TenantId tenant) {
    return new QuotaView(tenant, List.of(), List.of());
  }
}
